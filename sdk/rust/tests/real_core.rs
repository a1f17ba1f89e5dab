//! The control of a real core and the client of the runtime in it: the program that `LEAF_BIN`
//! names, else the launcher of the source tree. Skipped where neither runs; a failure with `CI=true`.
#![cfg(unix)]

mod support;

use leaf_sdk_desktop::{
    ApiClient, CoreState, LeafCore, LeafError, LeafPreferences, LeafState, LogLevel,
    UpdateLeafPreferences,
};
use std::fmt::Debug;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// The program, if it runs here.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("LEAF_BIN").filter(|name| !name.is_empty());
    let launcher = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../leaf");
    let program = named.map_or(launcher, PathBuf::from);
    // the launcher may have to build first
    let version = Command::new(&program)
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    let why = match version {
        Ok(output) if output.status.success() => return Some(program),
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    let skipped = format!("no real core: {} does not run: {why}", program.display());
    if std::env::var("CI").is_ok_and(|ci| ci == "true") {
        panic!("{skipped}");
    }
    let mut past_the_capture_of_output = std::io::stderr();
    writeln!(past_the_capture_of_output, "SKIPPED: {skipped}").unwrap();
    None
}

/// Ends the core of a home, should a test not have come to that.
struct Ends(LeafCore, PathBuf);

impl Drop for Ends {
    fn drop(&mut self) {
        let mut stop = Command::new(&self.1);
        stop.args(["core", "stop", "--home"])
            .arg(self.0.home().state());
        // says that none runs, as a rule
        let _stopped = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn failure<T: Debug>(result: anyhow::Result<T>) -> LeafError {
    let error = result.expect_err("the call should fail");
    error.downcast_ref::<LeafError>().unwrap().clone()
}

async fn hears<S: Debug + PartialEq>(heard: &mut UnboundedReceiver<S>, states: &[S]) {
    for state in states {
        let next = timeout(Duration::from_secs(60), heard.recv()).await;
        assert_eq!(next.expect("a state in time").as_ref(), Some(state));
    }
}

#[tokio::test]
async fn a_core_is_started_used_and_ended() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!(
        "[General]\nsocks-interface = 127.0.0.1\nsocks-port = {}\n[Proxy]\nDirect = direct\n\
         日本 a/b+c% 😀 = direct\n[Proxy Group]\nOUT = select, Direct, 日本 a/b+c% 😀\n[Rule]\nFINAL, OUT\n",
        support::free_port()
    );
    std::fs::write(folder.path().join("config.conf"), configuration).unwrap();
    let core = LeafCore::at(folder.path()).with_program(&program);
    let _ends = Ends(core.clone(), program);
    let (tell, mut core_states) = unbounded_channel();
    let _core_told = core
        .on_core_state(move |state| drop(tell.send(state)))
        .unwrap();
    let (tell, mut leaf_states) = unbounded_channel();
    let _leaf_told = core
        .on_leaf_state(move |state| drop(tell.send(state)))
        .unwrap();
    hears(&mut core_states, &[CoreState::Stopped]).await;
    hears(&mut leaf_states, &[LeafState::Stopped]).await;

    core.start_core().await.unwrap();
    hears(&mut core_states, &[CoreState::Starting, CoreState::Started]).await;
    core.start_core().await.unwrap(); // one runs
    assert!(core.is_core_running().await.unwrap());
    assert!(!core.is_leaf_running().await.unwrap());
    let version = core.ping().await.unwrap();
    assert!(
        version.starts_with(|c: char| c.is_ascii_digit()),
        "{version}"
    );
    assert_eq!(core.get_version().await.unwrap(), version);
    assert_eq!(core.test_config().await.unwrap(), []);
    let problems = core
        .test_config_text("[Rule]\nFINAL, NOWHERE\n")
        .await
        .unwrap();
    assert!(
        problems.iter().any(|problem| problem.line == Some(2)),
        "{problems:?}"
    );
    let refused = failure(core.reload_leaf().await);
    assert_eq!(refused.status(), Some(503));

    let port = support::free_port();
    let update = UpdateLeafPreferences::new()
        .api_port(port)
        .memory_logger(true);
    let now = core.set_preferences(&update).await.unwrap();
    assert_eq!(
        (now.api_port, now.memory_logger, now.log_level),
        (port, true, LogLevel::Info)
    );
    assert_eq!(core.get_preferences().await.unwrap(), now);
    let saved = LeafPreferences::load_from(core.home().preferences()).unwrap();
    assert_eq!(saved, now);

    core.run_leaf().await.unwrap();
    hears(&mut leaf_states, &[LeafState::Starting, LeafState::Started]).await;
    assert!(core.is_leaf_running().await.unwrap());
    let leaf = ApiClient::from_preferences(&core.get_preferences().await.unwrap()).unwrap();
    uses(&leaf).await;
    let reload = core.reload_leaf().await.unwrap();
    assert_eq!(reload.added.as_deref(), Some([].as_slice()));
    hears(&mut leaf_states, &[LeafState::Reloaded]).await;

    core.stop_leaf().await.unwrap();
    hears(&mut leaf_states, &[LeafState::Stopping, LeafState::Stopped]).await;
    assert!(!core.is_leaf_running().await.unwrap());
    let down = failure(leaf.get_stats().await);
    assert!(matches!(down, LeafError::NotRunning { .. }), "{down}");
    core.shutdown_core().await.unwrap();
    hears(&mut core_states, &[CoreState::Stopping, CoreState::Stopped]).await;
    assert!(!core.is_core_running().await.unwrap());
}

async fn uses(leaf: &ApiClient) {
    let odd = "日本 a/b+c% 😀";
    let groups = leaf.get_outbound_list().await.unwrap().outbounds.unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].kind.as_deref(), Some("select"));
    leaf.set_select_outbound_item("OUT", odd).await.unwrap();
    let selected = leaf.get_current_select_outbound_item("OUT").await.unwrap();
    assert_eq!(selected.selected.as_deref(), Some(odd));
    assert_eq!(leaf.get_usage(odd).await.unwrap().bytes_sent, Some(0));
    let active = leaf.get_outbound_last_peer_active(odd).await.unwrap();
    assert_eq!(active.tag.as_deref(), Some(odd));
    for unknown in ["us-ams-9", "a/b", "..", "."] {
        let refused = failure(leaf.get_outbound_health(unknown).await);
        assert_eq!(refused.status(), Some(404));
        assert_eq!(refused.text(), format!("unknown outbound '{unknown}'"));
    }
    let log = leaf.get_logs(10, 0).await.unwrap();
    assert!(!log.messages.unwrap().is_empty());
    assert_eq!(leaf.get_stats().await.unwrap(), []);
}

#[tokio::test]
async fn a_core_of_a_long_path_is_found_and_can_be_killed() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a-folder-of-a-long-name/".repeat(5));
    std::fs::create_dir_all(&deep).unwrap();
    let core = LeafCore::at(&deep).with_program(&program);
    let _ends = Ends(core.clone(), program);
    core.start_core().await.unwrap();
    assert!(deep.join("run/control.path").exists());
    assert!(core.is_core_running().await.unwrap());
    core.force_shutdown_core().await.unwrap();
    assert!(!core.is_core_running().await.unwrap());
    core.force_shutdown_core().await.unwrap(); // none runs

    // a core that is killed leaves its socket behind, here outside of its home
    let socket = std::fs::read_to_string(deep.join("run/control.path")).unwrap();
    std::fs::remove_dir_all(Path::new(socket.trim()).parent().unwrap()).unwrap();
}
