//! Servers to test against: one that behaves and records, one that does not.
#![allow(dead_code, unreachable_pub)] // each test takes what it needs

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Method and target.
    pub line: String,
    /// In lower case, with their values.
    pub headers: Vec<String>,
    pub body: String,
}

/// Reads one request; `None` when the other end has ended the connection.
pub fn read_request(reader: &mut impl BufRead) -> Option<Seen> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let line = line.trim_end().strip_suffix(" HTTP/1.1")?.to_owned();
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.trim().parse().ok()?;
        }
        headers.push(format!("{name}: {}", value.trim()));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen {
        line,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

/// Answers every request alike over kept connections, and records them.
pub struct RecordingServer {
    pub url: String,
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl RecordingServer {
    pub fn json(body: &str) -> RecordingServer {
        RecordingServer::new(200, "application/json", body)
    }

    pub fn new(status: u16, content_type: &str, body: &str) -> RecordingServer {
        RecordingServer::raw(format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A JSON body in chunks of so many bytes.
    pub fn chunked(body: &str, size: usize) -> RecordingServer {
        let mut text = String::from(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        );
        for chunk in body.as_bytes().chunks(size) {
            let chunk = std::str::from_utf8(chunk).expect("is cut between characters");
            text += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
        }
        RecordingServer::raw(text + "0\r\n\r\n")
    }

    fn raw(answer: String) -> RecordingServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (told, count) = (seen.clone(), connections.clone());
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                count.fetch_add(1, Ordering::SeqCst);
                let (told, answer) = (told.clone(), answer.clone());
                thread::spawn(move || serve(stream, &answer, &told));
            }
        });
        RecordingServer {
            url: format!("http://127.0.0.1:{port}"),
            port,
            seen,
            connections,
        }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, answer: &str, told: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = read_request(&mut reader) {
        told.lock().unwrap().push(request);
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// Reads each request and then misbehaves.
pub struct BadServer {
    pub url: String,
    pub port: u16,
    requests: Arc<AtomicUsize>,
}

impl BadServer {
    /// Writes these bytes to each connection and then ends it.
    pub fn says(bytes: &'static str) -> BadServer {
        BadServer::new(move |_, mut stream| {
            let _gone = stream.write_all(bytes.as_bytes());
            let _gone = stream.shutdown(Shutdown::Both);
        })
    }

    /// Never answers; ends with the other end.
    pub fn silent() -> BadServer {
        BadServer::new(|_, mut stream| {
            let _gone = stream.read(&mut [0]);
        })
    }

    /// Does this with each connection after its first request; the number counts requests from 1.
    pub fn new(misbehave: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> BadServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = requests.clone();
        let misbehave = Arc::new(misbehave);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (count, misbehave) = (count.clone(), misbehave.clone());
                thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    if read_request(&mut reader).is_some() {
                        misbehave(count.fetch_add(1, Ordering::SeqCst) + 1, stream);
                    }
                });
            }
        });
        BadServer {
            url: format!("http://127.0.0.1:{port}"),
            port,
            requests,
        }
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// A port that nothing listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Looks until it is so; fails after 20 s.
pub async fn wait_until(mut so: impl FnMut() -> bool) {
    let patience = tokio::time::timeout(Duration::from_secs(20), async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    patience
        .await
        .expect("it should have come about within 20 s");
}
