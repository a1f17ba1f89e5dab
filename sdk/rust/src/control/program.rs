//! The `leaf` program as it is run to start a core, and the core's process.

use crate::error::LeafError;
use rustix::io::Errno;
use rustix::process::{Flock, FlockType, Pid, Signal, fcntl_getlk, kill_process};
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(60);

/// A start from a source tree may have to build first.
const START: Duration = Duration::from_secs(5 * 60);

/// How much of what the program prints is kept for a message.
const OUTPUT: usize = 64 << 10;

/// How often to look whether a process lives where the system cannot tell of its end.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Runs `leaf core start`, which returns once the core answers.
pub(crate) async fn start(program: &OsString, home: Option<&Path>) -> Result<(), LeafError> {
    let mut command = Command::new(program);
    command.args(["core", "start"]);
    if let Some(home) = home {
        command.arg("--home").arg(home);
    }
    let named = program.to_string_lossy();
    let cannot_run = |error: std::io::Error| {
        LeafError::io(format!(
            "cannot run '{named}': {error}; put Leaf on the PATH or name its program in LEAF_BIN"
        ))
    };
    let (output, mut printed) = pipe::pipe().map_err(cannot_run)?;
    let output = output.into_blocking_fd().map_err(cannot_run)?;
    let errors = output.try_clone().map_err(cannot_run)?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::from(output))
        .stderr(Stdio::from(errors));
    let mut process = command.spawn().map_err(cannot_run)?;
    drop(command); // holds the pipe's other end
    let mut said = Vec::new();
    let status = match timeout(START, ended(&mut process, &mut printed, &mut said)).await {
        Ok(status) => status.map_err(cannot_run)?,
        Err(_) => {
            process.start_kill().map_err(cannot_run)?;
            return Err(LeafError::Timeout {
                text: format!("'leaf core start' did not end within {} s", START.as_secs()),
            });
        }
    };
    if status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said);
    let text = match (said.trim(), status.code()) {
        ("", Some(code)) => format!("'leaf core start' ended with status {code}"),
        ("", None) => format!("'leaf core start' was ended: {status}"),
        (said, _) => said.to_owned(),
    };
    Err(LeafError::Refused { status: 0, text })
}

/// Reads what is printed until the program ends; a process that it left behind may hold the pipe
/// open, so its end is not waited for.
async fn ended(
    process: &mut Child,
    printed: &mut pipe::Receiver,
    said: &mut Vec<u8>,
) -> std::io::Result<std::process::ExitStatus> {
    let mut piece = [0; 4096];
    let mut open = true;
    let status = loop {
        tokio::select! {
            status = process.wait() => break status?,
            read = printed.read(&mut piece), if open => match read? {
                0 => open = false,
                n => keep(said, &piece[..n]),
            },
        }
    };
    // Once more past what the runtime knows of the pipe, which may lag behind the process's end.
    while open {
        match timeout(LOOK_AGAIN, printed.read(&mut piece)).await {
            Ok(read) => match read? {
                0 => open = false,
                n => keep(said, &piece[..n]),
            },
            Err(_) => open = false,
        }
    }
    Ok(status)
}

fn keep(said: &mut Vec<u8>, piece: &[u8]) {
    let room = OUTPUT - said.len();
    said.extend_from_slice(&piece[..piece.len().min(room)]);
}

/// Waits until a core that was asked to end has ended.
pub(crate) async fn await_end(pid: i64) -> Result<(), LeafError> {
    let Some(process) = process(pid) else {
        return Ok(());
    };
    if i64::from(std::process::id()) == pid {
        return Ok(());
    }
    match timeout(PATIENCE, gone(process)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(LeafError::io(format!(
            "cannot wait for the core, pid {pid}: {error}"
        ))),
        Err(_) => Err(LeafError::Timeout {
            text: format!(
                "the core, pid {pid}, has not ended within {} s",
                PATIENCE.as_secs()
            ),
        }),
    }
}

fn process(pid: i64) -> Option<Pid> {
    i32::try_from(pid)
        .ok()
        .filter(|pid| *pid > 0)
        .and_then(Pid::from_raw)
}

async fn gone(process: Pid) -> std::io::Result<()> {
    let watched = Watched::new(process)?;
    while !watched.has_ended()? {
        sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// A process whose end is looked for. On Linux by a handle of its own, so that one that has ended
/// counts as gone although its parent has not taken note of it, and its number may be taken again.
struct Watched {
    process: Pid,
    #[cfg(target_os = "linux")]
    handle: Option<std::os::fd::OwnedFd>,
}

impl Watched {
    #[cfg(target_os = "linux")]
    fn new(process: Pid) -> std::io::Result<Watched> {
        use rustix::process::{PidfdFlags, pidfd_open};
        let handle = match pidfd_open(process, PidfdFlags::empty()) {
            Ok(handle) => Some(handle),
            // it has ended, or this is a Linux before 5.3
            Err(Errno::SRCH | Errno::NOSYS) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Watched { process, handle })
    }

    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unnecessary_wraps)]
    fn new(process: Pid) -> std::io::Result<Watched> {
        Ok(Watched { process })
    }

    fn has_ended(&self) -> std::io::Result<bool> {
        #[cfg(target_os = "linux")]
        if let Some(handle) = &self.handle {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            let now = Timespec::default();
            let mut watched = [PollFd::new(handle, PollFlags::IN)];
            return Ok(poll(&mut watched, Some(&now))? > 0);
        }
        match rustix::process::test_kill_process(self.process) {
            Ok(()) | Err(Errno::PERM) => Ok(false),
            Err(Errno::SRCH) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

/// The process that holds a home's lock; `None` when none does: what the file says then is of a
/// core that has ended.
pub(crate) async fn owner(lock: &Path) -> Result<Option<i64>, LeafError> {
    let cannot_read =
        |error: std::io::Error| LeafError::io(format!("cannot read {}: {error}", lock.display()));
    let mut file = match tokio::fs::File::open(lock).await {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot_read(error)),
    };
    // only asks whether the lock could be taken
    let wanted = Flock::from(FlockType::WriteLock);
    let held = fcntl_getlk(&file, &wanted).map_err(|error| cannot_read(error.into()))?;
    if held.is_none() {
        return Ok(None);
    }
    let mut text = String::new();
    file.read_to_string(&mut text).await.map_err(cannot_read)?;
    match text.trim().parse() {
        Ok(pid) => Ok(Some(pid)),
        Err(_) => Err(LeafError::io(format!(
            "{} is held, but holds no process id",
            lock.display()
        ))),
    }
}

/// Kills a core and waits for its end.
pub(crate) async fn kill(pid: i64) -> Result<(), LeafError> {
    let Some(process) = process(pid) else {
        return Ok(());
    };
    if i64::from(std::process::id()) == pid {
        return Err(LeafError::io("the core is this very process"));
    }
    match kill_process(process, Signal::KILL) {
        Ok(()) => await_end(pid).await,
        Err(Errno::SRCH) => Ok(()),
        Err(_) => Err(LeafError::io(format!(
            "the core, pid {pid}, cannot be killed by this user"
        ))),
    }
}
