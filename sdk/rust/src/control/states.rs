//! What becomes of the core and the runtime, and who is told.

use super::LeafCore;
use crate::error::LeafError;
use crate::transport::{Call, Failure, read};
use http_body_util::BodyExt;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How soon to look again whether a core runs.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// More than any event of the core; a line that is longer is of something else.
const LONGEST_LINE: usize = 1 << 20;

/// How many notes a subscriber may lag behind.
const NOTES: usize = 64;

/// What becomes of the core's process.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CoreState {
    /// The core begins to start.
    Starting,
    /// The core runs.
    Started,
    /// The core begins to end.
    Stopping,
    /// No core runs.
    Stopped,
    /// The core did not start or cannot be followed; the text says why, if that is known.
    Error(Option<String>),
}

/// What becomes of the runtime in the core.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeafState {
    /// The runtime begins to start.
    Starting,
    /// The runtime runs.
    Started,
    /// This program has had the configuration reloaded; the runtime goes on.
    Reloaded,
    /// The runtime begins to stop.
    Stopping,
    /// The runtime does not run.
    Stopped,
    /// The runtime did not start or failed; the text says why, if that is known.
    Error(Option<String>),
}

impl CoreState {
    fn of(word: &str, error: Option<String>) -> Option<CoreState> {
        Some(match word {
            "starting" => CoreState::Starting,
            "started" => CoreState::Started,
            "stopping" => CoreState::Stopping,
            "stopped" => CoreState::Stopped,
            "error" => CoreState::Error(error),
            _ => return None, // of a later version
        })
    }
}

impl LeafState {
    fn of(word: &str, error: Option<String>) -> Option<LeafState> {
        Some(match word {
            "starting" => LeafState::Starting,
            "started" => LeafState::Started,
            "stopping" => LeafState::Stopping,
            "stopped" => LeafState::Stopped,
            "error" => LeafState::Error(error),
            _ => return None, // of a later version
        })
    }
}

/// Tells a callback of states for as long as it is kept; ends when dropped.
#[must_use = "a subscription that is dropped ends at once"]
pub struct Subscription(JoinHandle<()>);

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}

/// What this program itself does to a core, told to its own subscribers of that home.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    Starting,
    Started,
    Failed(String),
    /// The start was given up on, and how it went is not known.
    Abandoned,
    Reloaded,
}

/// Who follows which home; only homes that have followers are in it.
fn followers() -> &'static Mutex<HashMap<PathBuf, broadcast::Sender<Note>>> {
    static FOLLOWERS: OnceLock<Mutex<HashMap<PathBuf, broadcast::Sender<Note>>>> = OnceLock::new();
    FOLLOWERS.get_or_init(Mutex::default)
}

pub(crate) fn tell(home: &Path, note: Note) {
    let all = followers().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(follower) = all.get(home) {
        // fails when the last subscriber has just gone
        let _nobody = follower.send(note);
    }
}

fn listen(home: &Path) -> broadcast::Receiver<Note> {
    let mut all = followers().lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, follower| follower.receiver_count() > 0);
    all.entry(home.to_owned())
        .or_insert_with(|| broadcast::channel(NOTES).0)
        .subscribe()
}

/// Who is told.
pub(crate) enum Callback {
    Core(Box<dyn FnMut(CoreState) + Send>),
    Leaf(Box<dyn FnMut(LeafState) + Send>),
}

/// Follows a core until the subscription is dropped.
pub(crate) fn follow(core: LeafCore, callback: Callback) -> Result<Subscription, LeafError> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
        LeafError::invalid("states are told on a Tokio runtime, and there is none here")
    })?;
    let notes = listen(core.home().state());
    let mut follower = Follower {
        core,
        notes,
        states: States {
            callback,
            core: None,
            leaf: None,
        },
    };
    Ok(Subscription(runtime.spawn(async move {
        follower.run().await;
    })))
}

struct Follower {
    core: LeafCore,
    notes: broadcast::Receiver<Note>,
    states: States,
}

impl Follower {
    async fn run(&mut self) {
        loop {
            self.read_events().await;
            let pause = sleep(LOOK_AGAIN);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    note = self.notes.recv() => {
                        // a core that has just started is looked at without waiting
                        let started = matches!(note, Ok(Note::Started));
                        self.states.note(note);
                        if started {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Reads one event stream to its end.
    async fn read_events(&mut self) {
        let call = Call::get("events", "/v1/events");
        let response = {
            let opening = self.core.calls().transport.stream(&call);
            tokio::pin!(opening);
            loop {
                tokio::select! {
                    response = &mut opening => break response,
                    note = self.notes.recv() => self.states.note(note),
                }
            }
        };
        let response = match response {
            Ok(response) => response,
            Err(failure @ Failure::Unreachable(_)) => {
                let why = self.core.calls().failed(&call, failure);
                self.states.core("error", Some(why.text().to_owned()));
                return;
            }
            Err(_) => {
                self.states.gone();
                return;
            }
        };
        if !response.status().is_success() {
            match read(response).await {
                Ok(answer) => {
                    let why = self.core.calls().refused(&call, &answer);
                    self.states
                        .core("error", Some(format!("events: {}", why.text())));
                }
                Err(_) => self.states.gone(),
            }
            return;
        }
        let mut events = response.into_body();
        let mut line = Vec::new();
        loop {
            // what the core tells comes first: it is what notes may already be about
            tokio::select! {
                biased;
                frame = events.frame() => match frame {
                    Some(Ok(frame)) => {
                        let data = frame.into_data().unwrap_or_default();
                        if !self.take(&mut line, &data) {
                            break;
                        }
                    }
                    Some(Err(_)) | None => break,
                },
                note = self.notes.recv() => self.states.note(note),
            }
        }
        self.states.gone();
    }

    /// Takes a piece of the stream; false when it cannot be one of events.
    fn take(&mut self, line: &mut Vec<u8>, data: &[u8]) -> bool {
        for piece in data.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.states.line(String::from_utf8_lossy(line).trim_end());
                line.clear();
            } else if line.len() > LONGEST_LINE {
                return false;
            }
        }
        true
    }
}

/// A state's word as the control socket says it, and its error.
type Known = Option<(String, Option<String>)>;

/// The states known last. A state that is reported again is not told again.
struct States {
    callback: Callback,
    core: Known,
    leaf: Known,
}

impl States {
    /// Takes one line of the event stream; lines that are no data say nothing.
    fn line(&mut self, line: &str) {
        let Some(data) = line.strip_prefix("data:") else {
            return;
        };
        let Ok(event) = serde_json::from_str::<Value>(data) else {
            return; // an event of a later version
        };
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        let error = text("error").map(str::to_owned);
        match (text("subject"), text("state")) {
            (Some("core"), Some(state)) => self.core(state, error),
            (Some("leaf"), Some(state)) => self.leaf(state, error),
            _ => {}
        }
    }

    fn note(&mut self, note: Result<Note, broadcast::error::RecvError>) {
        match note {
            Ok(Note::Starting) => self.core("starting", None),
            Ok(Note::Started) => self.core("started", None),
            Ok(Note::Failed(why)) => self.core("error", Some(why)),
            Ok(Note::Abandoned) => {
                if self.is_starting() {
                    self.core = None; // the next look tells
                }
            }
            Ok(Note::Reloaded) => {
                if let Callback::Leaf(callback) = &mut self.callback {
                    callback(LeafState::Reloaded);
                }
            }
            // Dropped because the callback is slow; the stream has the states all the same. The
            // sender itself lives as long as this receiver.
            Err(_) => {}
        }
    }

    fn is_starting(&self) -> bool {
        self.core
            .as_ref()
            .is_some_and(|(word, _)| word == "starting")
    }

    /// No core can be reached; while one is being started that says nothing.
    fn gone(&mut self) {
        if !self.is_starting() {
            self.core("stopped", None);
            self.leaf("stopped", None);
        }
    }

    fn core(&mut self, word: &str, error: Option<String>) {
        if changes(&mut self.core, word, &error) {
            if let (Callback::Core(callback), Some(state)) =
                (&mut self.callback, CoreState::of(word, error))
            {
                callback(state);
            }
        }
    }

    fn leaf(&mut self, word: &str, error: Option<String>) {
        if changes(&mut self.leaf, word, &error) {
            if let (Callback::Leaf(callback), Some(state)) =
                (&mut self.callback, LeafState::of(word, error))
            {
                callback(state);
            }
        }
    }
}

fn changes(known: &mut Known, word: &str, error: &Option<String>) -> bool {
    let same = known
        .as_ref()
        .is_some_and(|(now, why)| now == word && why == error);
    if !same {
        *known = Some((word.to_owned(), error.clone()));
    }
    !same
}
