//! Control of the core: the process that hosts the runtime and outlives it.

mod default_home;
mod program;
mod states;

pub use default_home::*;
pub use states::{CoreState, LeafState, Subscription};

use crate::caller::Caller;
use crate::error::LeafError;
use crate::home::LeafHome;
use crate::model::{ConfigProblem, ReloadReply};
use crate::preferences::LeafPreferences;
use crate::transport::{Call, Endpoint, Limits, Transport};
use crate::update::UpdateLeafPreferences;
use anyhow::Result;
use hyper::Method;
use serde_json::{Map, Value};
use states::{Callback, Note, tell};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    // a start or reload reads large rule sets
    response: Duration::from_secs(60),
    connections: 16,
};

/// Controls the core of one home over its Unix socket. Clones share their connections. Calls belong
/// into a Tokio runtime with I/O and time enabled.
///
/// Calls fail with a [`LeafError`] in the `anyhow::Error`: `Refused` when the core says no (the
/// text is its own), `NotRunning` when no core runs, `Timeout` when it does not answer, another
/// otherwise.
///
/// ```no_run
/// use leaf_sdk_desktop::{ApiClient, LeafCore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyhow::Result<()> {
/// let core = LeafCore::new(); // the home of LEAF_HOME; LeafCore::at(folder) for another
/// let _told = core.on_leaf_state(|state| println!("{state:?}"))?;
/// core.start_core().await?;
/// core.run_leaf().await?;
/// let leaf = ApiClient::from_preferences(&core.get_preferences().await?)?;
/// println!("{:?} ms", leaf.check_connectivity().await?.tcp_ms);
/// core.shutdown_core().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct LeafCore {
    home: Arc<LeafHome>,
    /// What `--home` says; `None` for the home of the environment.
    named: Option<PathBuf>,
    program: OsString,
    calls: Arc<Caller>,
}

impl fmt::Debug for LeafCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeafCore")
            .field("home", &self.home)
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// The same as [`LeafCore::new`].
impl Default for LeafCore {
    fn default() -> LeafCore {
        LeafCore::new()
    }
}

impl LeafCore {
    /// The core of the home that `LEAF_HOME` names, else of the user's own.
    pub fn new() -> LeafCore {
        LeafCore::of(LeafHome::current(), None)
    }

    /// The core of the home in this folder, as `--home` names it.
    pub fn at(home: impl AsRef<Path>) -> LeafCore {
        let home = LeafHome::at(home);
        let named = home.state().to_owned();
        LeafCore::of(home, Some(named))
    }

    fn of(home: LeafHome, named: Option<PathBuf>) -> LeafCore {
        let home = Arc::new(home);
        let state = home.state().display();
        let transport = Transport::new(
            "http://localhost".to_owned(),
            Endpoint::Core(home.clone()),
            LIMITS,
        );
        let calls = Caller {
            transport,
            server: format!("the core of {state}"),
            not_running: format!("no core runs for {state}"),
            remedy: "; start it with 'leaf core start'",
        };
        let program = std::env::var_os("LEAF_BIN").filter(|name| !name.is_empty());
        LeafCore {
            named,
            program: program.unwrap_or_else(|| "leaf".into()),
            calls: Arc::new(calls),
            home,
        }
    }

    /// The same with another program for [`start_core`](Self::start_core) than `LEAF_BIN` names, or
    /// `leaf` on the path.
    #[must_use]
    pub fn with_program(mut self, program: impl AsRef<OsStr>) -> LeafCore {
        self.program = program.as_ref().to_owned();
        self
    }

    /// Where the core keeps its things.
    pub fn home(&self) -> &LeafHome {
        &self.home
    }

    fn calls(&self) -> &Caller {
        &self.calls
    }

    /// Starts a core in the background; returns once it answers. Nothing happens when one runs.
    ///
    /// # Errors
    ///
    /// Refused with what the program printed when the core does not start; `Io` when there is no
    /// such program.
    pub async fn start_core(&self) -> Result<()> {
        if self.is_core_running().await? {
            return Ok(());
        }
        let mut starting = Starting::new(self.home.state());
        match program::start(&self.program, self.named.as_deref()).await {
            Ok(()) => {
                starting.ends(Note::Started);
                Ok(())
            }
            Err(error) => {
                starting.ends(Note::Failed(error.text().to_owned()));
                Err(error.into())
            }
        }
    }

    /// Stops the runtime and ends the core; returns once the process has ended.
    pub async fn shutdown_core(&self) -> Result<()> {
        let reply = self
            .object(Call::post("shutdown_core", "/v1/core/shutdown"))
            .await?;
        let Some(pid) = reply.get("pid").and_then(Value::as_i64) else {
            return Err(
                LeafError::bad_answer("shutdown_core: the core's answer has no pid").into(),
            );
        };
        Ok(program::await_end(pid).await?)
    }

    /// Kills the core, for one that no longer answers; nothing happens when none runs.
    pub async fn force_shutdown_core(&self) -> Result<()> {
        if let Some(pid) = program::owner(&self.home.lock()).await? {
            program::kill(pid).await?;
        }
        Ok(())
    }

    /// Whether a core answers.
    pub async fn is_core_running(&self) -> Result<bool> {
        match self.version("is_core_running").await {
            Ok(_) => Ok(true),
            Err(LeafError::NotRunning { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the core answers: its version, such as `0.1.0`.
    pub async fn ping(&self) -> Result<String> {
        Ok(self.version("ping").await?)
    }

    /// The core's version, such as `0.1.0`.
    pub async fn get_version(&self) -> Result<String> {
        Ok(self.version("get_version").await?)
    }

    async fn version(&self, name: &'static str) -> Result<String, LeafError> {
        let reply = self.object(Call::get(name, "/v1/ping")).await?;
        match reply.get("version").and_then(Value::as_str) {
            Some(version) => Ok(version.to_owned()),
            None => Err(LeafError::bad_answer(format!(
                "{name}: the core's answer has no version"
            ))),
        }
    }

    /// Starts the runtime in the core; returns once it runs.
    pub async fn run_leaf(&self) -> Result<()> {
        let call = Call::post("run_leaf", "/v1/leaf/start");
        Ok(self.calls.order(call).await?)
    }

    /// Has the runtime read its configuration again; returns once the new one is live.
    pub async fn reload_leaf(&self) -> Result<ReloadReply> {
        let call = Call::post("reload_leaf", "/v1/leaf/reload");
        let reply = self.calls.ask(call).await?;
        tell(self.home.state(), Note::Reloaded);
        Ok(reply)
    }

    /// Stops the runtime; the core stays.
    pub async fn stop_leaf(&self) -> Result<()> {
        let call = Call::post("stop_leaf", "/v1/leaf/stop");
        Ok(self.calls.order(call).await?)
    }

    /// Whether the runtime runs; false when no core does.
    pub async fn is_leaf_running(&self) -> Result<bool> {
        match self
            .object(Call::get("is_leaf_running", "/v1/status"))
            .await
        {
            Ok(status) => {
                let leaf = status.get("leaf").and_then(|leaf| leaf.get("state"));
                Ok(leaf.and_then(Value::as_str) == Some("started"))
            }
            Err(LeafError::NotRunning { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the core's configuration file without applying it; empty when all is well.
    pub async fn test_config(&self) -> Result<Vec<ConfigProblem>> {
        self.problems(None).await
    }

    /// Reads a configuration, `.conf` or JSON, without applying it; empty when all is well. An
    /// empty text stands for the core's file.
    pub async fn test_config_text(&self, text: &str) -> Result<Vec<ConfigProblem>> {
        self.problems(Some(text.to_owned())).await
    }

    async fn problems(&self, text: Option<String>) -> Result<Vec<ConfigProblem>> {
        #[derive(serde::Deserialize)]
        struct Problems {
            problems: Option<Vec<ConfigProblem>>,
        }
        let call = Call::with("test_config", Method::POST, "/v1/config/test", text);
        let found: Problems = self.calls.ask(call).await?;
        Ok(found.problems.unwrap_or_default())
    }

    /// The preferences, with the port of the API that is in force while the runtime runs.
    pub async fn get_preferences(&self) -> Result<LeafPreferences> {
        let call = Call::get("get_preferences", "/v1/preferences");
        Ok(self.calls.ask(call).await?)
    }

    /// Changes preferences; they take effect when the runtime next starts or reloads. Returns the
    /// preferences now.
    pub async fn set_preferences(
        &self,
        changes: &UpdateLeafPreferences,
    ) -> Result<LeafPreferences> {
        changes.check()?;
        let call = Call::with(
            "set_preferences",
            Method::PATCH,
            "/v1/preferences",
            Some(changes.to_json()),
        );
        Ok(self.calls.ask(call).await?)
    }

    async fn object(&self, call: Call) -> Result<Map<String, Value>, LeafError> {
        self.calls.ask(call).await
    }

    /// Tells the callback the core's present state and then every change, for as long as the
    /// subscription is kept. It is called on the Tokio runtime that this is called on and must not
    /// block.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] outside a Tokio runtime.
    ///
    /// ```
    /// use leaf_sdk_desktop::{CoreState, LeafCore};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> anyhow::Result<()> {
    /// let core = LeafCore::at("/nonexistent"); // no core runs there
    /// let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    /// let subscription = core.on_core_state(move |state| drop(tell.send(state)))?;
    /// assert_eq!(told.recv().await, Some(CoreState::Stopped));
    /// drop(subscription); // tells nothing more
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_core_state(
        &self,
        callback: impl FnMut(CoreState) + Send + 'static,
    ) -> Result<Subscription> {
        let callback = Callback::Core(Box::new(callback));
        Ok(states::follow(self.clone(), callback)?)
    }

    /// Tells the callback the runtime's present state and then every change, for as long as the
    /// subscription is kept. It is called on the Tokio runtime that this is called on and must not
    /// block.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] outside a Tokio runtime.
    pub fn on_leaf_state(
        &self,
        callback: impl FnMut(LeafState) + Send + 'static,
    ) -> Result<Subscription> {
        let callback = Callback::Leaf(Box::new(callback));
        Ok(states::follow(self.clone(), callback)?)
    }

    /// Belongs to a hosted service.
    ///
    /// # Errors
    ///
    /// Always: not supported by this core.
    pub async fn update_subscription(&self) -> Result<()> {
        unsupported("update_subscription")
    }

    /// Belongs to a hosted service.
    ///
    /// # Errors
    ///
    /// Always: not supported by this core.
    pub async fn auto_update_subscription(&self) -> Result<()> {
        unsupported("auto_update_subscription")
    }

    /// Belongs to a hosted service.
    ///
    /// # Errors
    ///
    /// Always: not supported by this core.
    pub async fn import_offline_subscription(&self, _subscription: &str) -> Result<()> {
        unsupported("import_offline_subscription")
    }

    /// Belongs to a hosted service.
    ///
    /// # Errors
    ///
    /// Always: not supported by this core.
    pub async fn update_assets(&self) -> Result<()> {
        unsupported("update_assets")
    }

    /// Belongs to a hosted service.
    ///
    /// # Errors
    ///
    /// Always: not supported by this core.
    pub async fn verify_file_integrity(&self) -> Result<()> {
        unsupported("verify_file_integrity")
    }
}

fn unsupported(name: &str) -> Result<()> {
    let text = format!("{name} is not supported by this core");
    Err(LeafError::Unsupported { text }.into())
}

/// A start under way; one that is dropped before its end has been given up on.
struct Starting<'a> {
    home: &'a Path,
    ended: bool,
}

impl<'a> Starting<'a> {
    fn new(home: &'a Path) -> Starting<'a> {
        tell(home, Note::Starting);
        Starting { home, ended: false }
    }

    fn ends(&mut self, note: Note) {
        self.ended = true;
        tell(self.home, note);
    }
}

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        if !self.ended {
            tell(self.home, Note::Abandoned);
        }
    }
}
