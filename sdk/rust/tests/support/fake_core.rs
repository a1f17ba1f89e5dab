//! A control socket that answers from a table and streams the events that a test pushes.
#![allow(unreachable_pub)]

use crate::support::read_request;
use std::collections::HashMap;
use std::io::{BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, String>>,
    requests: Mutex<Vec<String>>,
    open: Mutex<Vec<UnixStream>>,
    streams: Mutex<Vec<UnixStream>>,
}

pub struct FakeCore {
    socket: PathBuf,
    state: Arc<State>,
}

pub fn event(subject: &str, state: &str, error: Option<&str>) -> String {
    let error = serde_json::to_string(&error).unwrap();
    format!(
        "event: state\ndata: {{\"subject\":\"{subject}\",\"state\":\"{state}\",\"error\":{error},\"at\":1.5}}\n\n"
    )
}

impl FakeCore {
    /// Listens; each follower hears that the core has started and the runtime not.
    pub fn new(socket: impl AsRef<Path>) -> FakeCore {
        let socket = socket.as_ref().to_owned();
        std::fs::create_dir_all(socket.parent().unwrap()).unwrap();
        let listener = UnixListener::bind(&socket).unwrap();
        let state = Arc::new(State::default());
        let shared = state.clone();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                shared
                    .open
                    .lock()
                    .unwrap()
                    .push(stream.try_clone().unwrap());
                let shared = shared.clone();
                thread::spawn(move || serve(stream, &shared));
            }
        });
        FakeCore { socket, state }
    }

    /// Answers a request, such as `GET /v1/ping`, with this status and body.
    pub fn answer(&self, request: &str, status: u16, body: &str) {
        let content_type = if status == 200 {
            "application/json"
        } else {
            "text/plain"
        };
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.state
            .answers
            .lock()
            .unwrap()
            .insert(request.to_owned(), answer);
    }

    /// Sends an event to all that follow.
    pub fn push(&self, event: &str) {
        for stream in self.state.streams.lock().unwrap().iter_mut() {
            let _gone = write_chunk(stream, event);
        }
    }

    /// How many follow, those that have gone included.
    pub fn followers(&self) -> usize {
        self.state.streams.lock().unwrap().len()
    }

    /// Each request with its body.
    pub fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }
}

impl Drop for FakeCore {
    fn drop(&mut self) {
        std::fs::remove_file(&self.socket).unwrap();
        for stream in self.state.open.lock().unwrap().iter() {
            let _gone = stream.shutdown(Shutdown::Both);
        }
    }
}

fn write_chunk(stream: &mut UnixStream, text: &str) -> std::io::Result<()> {
    write!(stream, "{:x}\r\n{text}\r\n", text.len())
}

fn serve(mut stream: UnixStream, state: &State) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(seen) = read_request(&mut reader) {
        let answer = state.answers.lock().unwrap().get(&seen.line).cloned();
        if seen.line == "GET /v1/events" && answer.is_none() {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            let first = event("core", "started", None) + &event("leaf", "stopped", None);
            let mut streams = state.streams.lock().unwrap();
            if stream.write_all(head.as_bytes()).is_err()
                || write_chunk(&mut stream, &first).is_err()
            {
                return;
            }
            streams.push(stream.try_clone().unwrap());
            continue;
        }
        let request = format!("{} {}", seen.line, seen.body);
        state
            .requests
            .lock()
            .unwrap()
            .push(request.trim_end().to_owned());
        let nothing = "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n".to_owned();
        if stream
            .write_all(answer.unwrap_or(nothing).as_bytes())
            .is_err()
        {
            return;
        }
    }
}
