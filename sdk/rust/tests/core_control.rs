//! The control of a core, against a control socket played by the test and real processes.
#![cfg(unix)]

#[path = "support/fake_core.rs"]
mod fake_core;
mod support;

use fake_core::{FakeCore, event};
use leaf_sdk_desktop::{
    ApiClient, CoreState, LeafCore, LeafError, LeafHome, LeafState, LogLevel, Subscription,
    UpdateLeafPreferences,
};
use std::fmt::Debug;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

struct Home(TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn fake(&self) -> FakeCore {
        FakeCore::new(self.path().join("run/control.sock"))
    }

    fn core(&self) -> LeafCore {
        LeafCore::at(self.path())
    }

    fn program(&self, script: &str) -> PathBuf {
        let program = self.path().join("leaf-program");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        program
    }
}

fn failure<T: Debug>(result: anyhow::Result<T>) -> LeafError {
    let error = result.expect_err("the call should fail");
    error.downcast_ref::<LeafError>().unwrap().clone()
}

/// A process that a test may wait for or kill.
struct Process(Child);

impl Process {
    fn start(seconds: &str) -> Process {
        Process(Command::new("sleep").arg(seconds).spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // both fail when it has ended, which is as good
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

#[tokio::test]
async fn each_call_sends_its_request_and_reads_its_reply() {
    let home = Home::new();
    let fake = home.fake();
    let core = home.core();
    fake.answer("GET /v1/ping", 200, r#"{"version":"0.1.0","pid":1}"#);
    fake.answer(
        "POST /v1/leaf/start",
        200,
        r#"{"api_port":10001,"listeners":[]}"#,
    );
    fake.answer("POST /v1/leaf/stop", 200, r#"{"stopped":true}"#);
    fake.answer(
        "POST /v1/leaf/reload",
        200,
        r#"{"added":["a"],"kept_connections":4}"#,
    );
    fake.answer(
        "GET /v1/status",
        200,
        r#"{"core":{},"leaf":{"state":"started"}}"#,
    );
    fake.answer(
        "POST /v1/config/test",
        200,
        r#"{"problems":[{"severity":"error","file":"f","line":3,"reason":"r"}]}"#,
    );
    fake.answer("GET /v1/preferences", 200, r#"{"api_port":12345}"#);
    fake.answer("PATCH /v1/preferences", 200, r#"{"log_level":3}"#);

    assert!(core.is_core_running().await.unwrap());
    assert_eq!(core.get_version().await.unwrap(), "0.1.0");
    core.run_leaf().await.unwrap();
    assert!(core.is_leaf_running().await.unwrap());
    let reload = core.reload_leaf().await.unwrap();
    assert_eq!(reload.added.as_deref().unwrap(), ["a"]);
    assert_eq!(reload.kept_connections, Some(4));
    core.stop_leaf().await.unwrap();
    assert_eq!(core.test_config().await.unwrap()[0].line, Some(3));
    assert_eq!(core.test_config_text("[General]").await.unwrap().len(), 1);
    let preferences = core.get_preferences().await.unwrap();
    let leaf = ApiClient::from_preferences(&preferences).unwrap();
    assert_eq!(leaf.base_url(), "http://127.0.0.1:12345");
    let update = UpdateLeafPreferences::new().log_level(LogLevel::Warn);
    let now = core.set_preferences(&update).await.unwrap();
    assert_eq!(now.log_level, LogLevel::Warn);
    core.start_core().await.unwrap(); // one runs

    assert_eq!(
        fake.requests(),
        [
            "GET /v1/ping",
            "GET /v1/ping",
            "POST /v1/leaf/start",
            "GET /v1/status",
            "POST /v1/leaf/reload",
            "POST /v1/leaf/stop",
            "POST /v1/config/test",
            "POST /v1/config/test [General]",
            "GET /v1/preferences",
            "PATCH /v1/preferences {\"log_level\":3}",
            "GET /v1/ping",
        ]
    );
}

#[tokio::test]
async fn a_refusal_carries_the_cores_text() {
    let home = Home::new();
    let fake = home.fake();
    fake.answer(
        "POST /v1/leaf/start",
        500,
        "config.conf:3: unknown group 'X'\n",
    );
    let refused = failure(home.core().run_leaf().await);
    assert_eq!(refused.status(), Some(500));
    assert_eq!(refused.text(), "config.conf:3: unknown group 'X'");
    let silent = failure(home.core().stop_leaf().await);
    let text = format!(
        "stop_leaf: the core of {} answered HTTP 404",
        home.path().display()
    );
    assert_eq!(silent.text(), text);
}

#[tokio::test]
async fn an_answer_that_lacks_what_counts_is_an_error() {
    let home = Home::new();
    let fake = home.fake();
    let core = home.core();
    fake.answer("GET /v1/ping", 200, "{}");
    fake.answer("POST /v1/core/shutdown", 200, "{}");
    fake.answer("GET /v1/preferences", 200, "[]");
    let no_version = failure(core.ping().await);
    assert_eq!(no_version.text(), "ping: the core's answer has no version");
    assert!(matches!(no_version, LeafError::BadAnswer { .. }));
    let no_pid = failure(core.shutdown_core().await);
    assert_eq!(no_pid.text(), "shutdown_core: the core's answer has no pid");
    let wrong = failure(core.get_preferences().await);
    let text = format!(
        "get_preferences: the answer of the core of {} is not the JSON expected; it begins '[]'",
        home.path().display()
    );
    assert_eq!(wrong.text(), text);
}

#[tokio::test]
async fn a_port_of_0_is_refused_before_anything_is_sent() {
    let home = Home::new();
    let fake = home.fake();
    let update = UpdateLeafPreferences::new().api_port(0);
    let wrong = failure(home.core().set_preferences(&update).await);
    assert_eq!(wrong.text(), "api_port is 0; it must be 1 to 65535");
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn without_a_core_every_call_says_how_to_start_one() {
    let home = Home::new();
    let core = home.core();
    assert!(!core.is_core_running().await.unwrap());
    assert!(!core.is_leaf_running().await.unwrap());
    let none = failure(core.run_leaf().await);
    assert!(matches!(none, LeafError::NotRunning { .. }));
    let text = format!(
        "no core runs for {0} (there is no {0}/run/control.sock); start it with 'leaf core start'",
        home.path().display()
    );
    assert_eq!(none.text(), text);
    core.force_shutdown_core().await.unwrap(); // nothing to kill

    // a socket that was left behind
    let socket = home.path().join("run/control.sock");
    fs::create_dir_all(socket.parent().unwrap()).unwrap();
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(!core.is_core_running().await.unwrap());
    let left = failure(core.ping().await);
    let begins = format!(
        "no core runs for {} (connection refused); ",
        home.path().display()
    );
    assert!(left.text().starts_with(&begins), "{left}");
}

#[tokio::test]
async fn a_socket_elsewhere_is_found_by_its_record() {
    let (home, elsewhere) = (Home::new(), Home::new());
    let deep = home.path().join("a-folder-of-a-long-name/".repeat(6));
    let socket = elsewhere.path().join("control.sock");
    let core = LeafCore::at(&deep);
    assert!(
        !core.is_core_running().await.unwrap(),
        "its path is too long"
    );
    fs::create_dir_all(deep.join("run")).unwrap();
    fs::write(
        deep.join("run/control.path"),
        format!("{}\n", socket.display()),
    )
    .unwrap();
    let fake = FakeCore::new(&socket);
    fake.answer("GET /v1/ping", 200, r#"{"version":"0.1.0","pid":1}"#);
    assert_eq!(core.ping().await.unwrap(), "0.1.0");
}

// ---- states ----------------------------------------------------------------------------------------

struct Heard<S> {
    events: UnboundedReceiver<S>,
    subscription: Option<Subscription>,
}

impl<S: Debug + PartialEq> Heard<S> {
    async fn next(&mut self) -> S {
        let next = timeout(Duration::from_secs(20), self.events.recv()).await;
        next.expect("a state within 20 s").expect("a state")
    }

    async fn hears(&mut self, states: impl IntoIterator<Item = S>) {
        for state in states {
            assert_eq!(self.next().await, state);
        }
    }
}

fn core_states(core: &LeafCore) -> Heard<CoreState> {
    let (tell, events) = unbounded_channel();
    // the test may have heard enough
    let told = core
        .on_core_state(move |state| drop(tell.send(state)))
        .unwrap();
    Heard {
        events,
        subscription: Some(told),
    }
}

fn leaf_states(core: &LeafCore) -> Heard<LeafState> {
    let (tell, events) = unbounded_channel();
    let told = core
        .on_leaf_state(move |state| drop(tell.send(state)))
        .unwrap();
    Heard {
        events,
        subscription: Some(told),
    }
}

#[tokio::test]
async fn followers_hear_the_present_state_and_then_every_change() {
    let home = Home::new();
    let control = home.core();
    let mut core = core_states(&control);
    let mut leaf = leaf_states(&control);
    core.hears([CoreState::Stopped]).await;
    leaf.hears([LeafState::Stopped]).await;
    {
        let fake = home.fake();
        core.hears([CoreState::Started]).await;
        support::wait_until(|| fake.followers() == 2).await;
        fake.push(": a comment\n\n");
        fake.push("data: no json\n\n");
        fake.push(&event("later", "started", None));
        fake.push(&event("leaf", "of a later version", None));
        fake.push(&event("leaf", "starting", None));
        fake.push(&event("leaf", "error", Some("port 1080 is taken")));
        fake.push(&event("leaf", "error", Some("port 1080 is taken")));
        // a line may come in pieces
        let started = event("leaf", "started", None);
        let (a, b) = started.split_at(25);
        fake.push(a);
        fake.push(b);
        fake.push(&event("leaf", "stopping", None));
        leaf.hears([
            LeafState::Starting,
            LeafState::Error(Some("port 1080 is taken".to_owned())),
            LeafState::Started,
            LeafState::Stopping,
        ])
        .await;

        let mut late = leaf_states(&control);
        late.hears([LeafState::Stopped]).await; // what the fake tells whoever comes
        fake.answer("POST /v1/leaf/reload", 200, "{}");
        // another handle of the same home tells it too
        home.core().reload_leaf().await.unwrap();
        late.hears([LeafState::Reloaded]).await;
        late.subscription = None;
        assert_eq!(late.events.recv().await, None, "the callback is gone");
        fake.push(&event("leaf", "started", None));
        leaf.hears([LeafState::Reloaded, LeafState::Started]).await;
    }
    core.hears([CoreState::Stopped]).await;
    leaf.hears([LeafState::Stopped]).await;
}

#[tokio::test]
async fn a_core_that_refuses_to_be_followed_is_an_error() {
    let home = Home::new();
    let fake = home.fake();
    fake.answer("GET /v1/events", 403, "this core belongs to somebody else");
    let mut core = core_states(&home.core());
    let text = "events: this core belongs to somebody else".to_owned();
    core.hears([CoreState::Error(Some(text))]).await;
}

#[tokio::test]
async fn a_core_that_cannot_be_reached_is_an_error_and_not_stopped() {
    let home = Home::new();
    fs::create_dir_all(home.path().join("run/control.path")).unwrap();
    let core = home.core();
    let unreachable = failure(core.is_core_running().await);
    assert!(matches!(unreachable, LeafError::Io { .. }));
    let begins = format!(
        "is_core_running: the exchange with the core of {0} broke off: cannot read {0}/run/control.path: ",
        home.path().display()
    );
    assert!(unreachable.text().starts_with(&begins), "{unreachable}");
    let mut heard = core_states(&core);
    let CoreState::Error(Some(why)) = heard.next().await else {
        panic!("it is not known whether a core runs");
    };
    assert!(why.contains("run/control.path"), "{why}");
}

#[test]
fn outside_of_tokio_there_are_no_states() {
    let wrong = failure(LeafCore::at("/nonexistent").on_core_state(drop));
    assert!(matches!(wrong, LeafError::Invalid { .. }));
    assert!(wrong.text().contains("Tokio runtime"));
}

// ---- the program and the process ---------------------------------------------------------------------

#[tokio::test]
async fn start_core_runs_the_program() {
    let home = Home::new();
    let said = home.path().join("said");
    let program = home.program(&format!("echo \"$@\" > '{}'", said.display()));
    let core = home.core().with_program(program);
    let mut heard = core_states(&core);
    heard.hears([CoreState::Stopped]).await;
    core.start_core().await.unwrap();
    let expected = format!("core start --home {}\n", home.path().display());
    assert_eq!(fs::read_to_string(said).unwrap(), expected);
    // and then stopped again, as this program starts none
    heard
        .hears([CoreState::Starting, CoreState::Started, CoreState::Stopped])
        .await;
}

#[tokio::test]
async fn start_core_tells_why_it_failed() {
    let home = Home::new();
    let program = home.program("echo 'the home' ; echo 'is read-only' >&2; exit 3");
    let core = home.core().with_program(program);
    let mut heard = core_states(&core);
    heard.hears([CoreState::Stopped]).await;
    let text = "the home\nis read-only";
    let refused = failure(core.start_core().await);
    assert!(matches!(refused, LeafError::Refused { status: 0, .. }));
    assert_eq!((refused.text(), refused.status()), (text, None));
    heard
        .hears([CoreState::Starting, CoreState::Error(Some(text.to_owned()))])
        .await;

    let silent = home.core().with_program(home.program("exit 4"));
    let text = "'leaf core start' ended with status 4";
    assert_eq!(failure(silent.start_core().await).text(), text);

    let nothing = home.path().join("nothing");
    let missing = failure(home.core().with_program(&nothing).start_core().await);
    assert!(matches!(missing, LeafError::Io { .. }));
    let begins = format!("cannot run '{}': ", nothing.display());
    assert!(missing.text().starts_with(&begins), "{missing}");
    assert!(
        missing
            .text()
            .ends_with("; put Leaf on the PATH or name its program in LEAF_BIN")
    );
}

#[tokio::test]
async fn start_core_does_not_wait_for_what_the_program_leaves_behind() {
    let home = Home::new();
    let pid = home.path().join("pid");
    let script = format!(
        "sleep 600 & echo $! > '{}'; head -c 200000 /dev/zero",
        pid.display()
    );
    let core = home.core().with_program(home.program(&script));
    let started = timeout(Duration::from_secs(60), core.start_core()).await;
    Command::new("kill")
        .arg(fs::read_to_string(pid).unwrap().trim())
        .status()
        .unwrap();
    started.expect("it does not wait").unwrap();
}

#[tokio::test]
async fn a_start_that_is_given_up_on_is_not_told_for_ever() {
    let home = Home::new();
    let fifo = home.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let program = home.program(&format!("read word < '{}'", fifo.display()));
    let core = home.core().with_program(program);
    let mut heard = core_states(&core);
    heard.hears([CoreState::Stopped]).await;
    let started = tokio::spawn({
        let core = core.clone();
        async move { core.start_core().await }
    });
    heard.hears([CoreState::Starting]).await;
    started.abort();
    heard.hears([CoreState::Stopped]).await;
    fs::write(fifo, "on\n").unwrap(); // lets the program end
}

#[tokio::test]
async fn shutdown_core_waits_for_the_process() {
    let home = Home::new();
    let fake = home.fake();
    let mut process = Process::start("1");
    fake.answer(
        "POST /v1/core/shutdown",
        200,
        &format!("{{\"pid\":{}}}", process.0.id()),
    );
    home.core().shutdown_core().await.unwrap();
    assert!(process.0.try_wait().unwrap().is_some());
    // one that has ended long ago
    home.core().shutdown_core().await.unwrap();
}

/// Another process that runs one of the ignored tests of this file.
fn other_process(test: &str, name: &str, value: &Path) -> Process {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(name, value)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    Process(child)
}

/// Holds the lock as a core does: by another process, since the system asks for that.
fn hold(lock: &Path) -> Process {
    let mut process = other_process("holds_a_lock", "LEAF_TEST_LOCK", lock);
    let said = BufReader::new(process.0.stdout.take().unwrap());
    let held = said
        .lines()
        .any(|line| line.unwrap().contains("the lock is held"));
    assert!(held, "the process that was to hold the lock has ended");
    process
}

#[test]
#[ignore = "a part of force_shutdown_core_kills_the_holder_of_the_lock_only"]
fn holds_a_lock() {
    let lock = std::env::var_os("LEAF_TEST_LOCK").expect("LEAF_TEST_LOCK names the lock");
    let file = fs::File::options()
        .read(true)
        .write(true)
        .open(lock)
        .unwrap();
    rustix::fs::fcntl_lock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
    println!("the lock is held");
    // until the other end goes
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[tokio::test]
async fn force_shutdown_core_kills_the_holder_of_the_lock_only() {
    let home = Home::new();
    let mut process = Process::start("600");
    let lock = home.path().join("run/core.lock");
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    fs::write(&lock, format!("{}\n", process.0.id())).unwrap();
    home.core().force_shutdown_core().await.unwrap();
    assert!(
        process.0.try_wait().unwrap().is_none(),
        "the lock is free, so the id is an old one"
    );

    let mut held = hold(&lock);
    home.core().force_shutdown_core().await.unwrap();
    assert!(process.0.try_wait().unwrap().is_some());
    assert!(held.0.try_wait().unwrap().is_none());

    fs::write(&lock, "no number\n").unwrap();
    let wrong = failure(home.core().force_shutdown_core().await);
    let text = format!("{} is held, but holds no process id", lock.display());
    assert_eq!(wrong.text(), text);
    fs::write(&lock, std::process::id().to_string()).unwrap();
    let own = failure(home.core().force_shutdown_core().await);
    assert_eq!(own.text(), "the core is this very process");
}

#[test]
fn the_functions_are_about_the_home_of_the_environment() {
    let home = Home::new();
    let fake = home.fake();
    fake.answer("GET /v1/ping", 200, r#"{"version":"9.8.7","pid":1}"#);
    fake.answer("POST /v1/config/test", 200, r#"{"problems":[]}"#);
    fake.answer("POST /v1/leaf/reload", 200, "{}");
    fake.answer("POST /v1/leaf/stop", 200, "{}");
    let mut other = other_process("calls_the_functions", "LEAF_HOME", home.path());
    assert!(other.0.wait().unwrap().success());
    assert_eq!(
        fake.requests(),
        [
            "GET /v1/ping",
            "GET /v1/ping",
            "POST /v1/config/test",
            "POST /v1/config/test x",
            "POST /v1/leaf/stop",
            "POST /v1/leaf/reload",
        ]
    );
}

#[tokio::test]
#[ignore = "a part of the_functions_are_about_the_home_of_the_environment"]
async fn calls_the_functions() {
    assert!(
        std::env::var_os("LEAF_HOME").is_some(),
        "LEAF_HOME names a home"
    );
    let (tell, mut heard) = unbounded_channel();
    let _told = leaf_sdk_desktop::on_leaf_state(move |state| drop(tell.send(state))).unwrap();
    assert_eq!(heard.recv().await, Some(LeafState::Stopped));
    assert_eq!(leaf_sdk_desktop::ping().await.unwrap(), "9.8.7");
    leaf_sdk_desktop::start_core().await.unwrap(); // one runs
    assert!(leaf_sdk_desktop::test_config().await.unwrap().is_empty());
    assert!(
        leaf_sdk_desktop::test_config_text("x")
            .await
            .unwrap()
            .is_empty()
    );
    leaf_sdk_desktop::stop_leaf().await.unwrap();
    leaf_sdk_desktop::reload_leaf().await.unwrap();
    assert_eq!(heard.recv().await, Some(LeafState::Reloaded));
}

#[tokio::test]
async fn what_belongs_to_a_hosted_service_is_not_supported() {
    let core = LeafCore::at("/nonexistent");
    for (name, result) in [
        ("update_subscription", core.update_subscription().await),
        (
            "auto_update_subscription",
            core.auto_update_subscription().await,
        ),
        (
            "import_offline_subscription",
            core.import_offline_subscription("x").await,
        ),
        ("update_assets", core.update_assets().await),
        ("verify_file_integrity", core.verify_file_integrity().await),
    ] {
        let unsupported = failure(result);
        assert!(matches!(unsupported, LeafError::Unsupported { .. }));
        assert_eq!(
            unsupported.text(),
            format!("{name} is not supported by this core")
        );
    }
}

#[test]
fn handles_are_send_sync_and_clone() {
    fn check<T: Send + Sync + Clone + Debug + 'static>() {}
    check::<LeafCore>();
    check::<LeafHome>();
    fn shared<T: Send + Sync + Debug + 'static>() {}
    shared::<Subscription>();
}
