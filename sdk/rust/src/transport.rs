//! Carries requests to one server over kept-alive connections of TCP or a Unix socket.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Some 200,000 connections; more is no answer of a local runtime.
const LARGEST: usize = 128 << 20;

const AGENT: &str = concat!("leaf-sdk-desktop-rust/", env!("CARGO_PKG_VERSION"));

/// What a transport connects to.
#[derive(Debug, Clone)]
pub(crate) enum Endpoint {
    Tcp {
        host: String,
        port: u16,
    },
    /// The control socket of the core in this home.
    #[cfg(unix)]
    Core(Arc<crate::home::LeafHome>),
}

impl Endpoint {
    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Endpoint::Tcp { host, port } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Endpoint::Core(home) => {
                let socket = home.socket().await?;
                match tokio::net::UnixStream::connect(&socket).await {
                    Ok(stream) => Ok(Box::new(stream)),
                    Err(error) if tokio::fs::try_exists(&socket).await.unwrap_or(true) => {
                        Err(error)
                    }
                    // also where the path would be too long for a socket
                    Err(_) => Err(io::Error::new(
                        io::ErrorKind::NotFound,
                        format!("there is no {}", socket.display()),
                    )),
                }
            }
        }
    }
}

/// One call as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The name of the method that was called, such as `get_usage`.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    /// Path and query, percent-encoded.
    pub(crate) target: String,
    pub(crate) body: Option<String>,
}

impl Call {
    pub(crate) fn get(name: &'static str, target: impl Into<String>) -> Call {
        Call::with(name, Method::GET, target, None)
    }

    pub(crate) fn post(name: &'static str, target: impl Into<String>) -> Call {
        Call::with(name, Method::POST, target, None)
    }

    pub(crate) fn with(
        name: &'static str,
        method: Method,
        target: impl Into<String>,
        body: Option<String>,
    ) -> Call {
        Call {
            name,
            method,
            target: target.into(),
            body,
        }
    }
}

/// What came back: a status and a whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing listens there, for this reason.
    NotRunning(String),
    /// Something may listen there, but it cannot be reached for this reason.
    Unreachable(String),
    /// Not within this time.
    Timeout(Duration),
    /// For this reason.
    Broken(String),
}

/// How long to wait and how much at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    /// For a whole call: the wait for a turn, the connection and the answer.
    pub(crate) response: Duration,
    pub(crate) connections: usize,
}

#[derive(Clone)]
pub(crate) struct Transport {
    client: Client<Connector, Full<Bytes>>,
    base: String,
    turns: Arc<Semaphore>,
    limits: Limits,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base", &self.base)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// Opens nothing yet; targets are appended to the base.
    pub(crate) fn new(base: String, endpoint: Endpoint, limits: Limits) -> Transport {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(limits.connections)
            .build(Connector {
                endpoint,
                timeout: limits.connect,
            });
        Transport {
            client,
            base,
            turns: Arc::new(Semaphore::new(limits.connections)),
            limits,
        }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Failure> {
        let exchange = async {
            let _turn = self.turns.acquire().await.expect("is never closed");
            let response = self.head(call).await?;
            read(response).await
        };
        match timeout(self.limits.response, exchange).await {
            Ok(done) => done,
            Err(_) => Err(Failure::Timeout(self.limits.response)),
        }
    }

    /// Sends a request whose answer has no end; waits for its beginning only and takes no turn.
    #[cfg(unix)]
    pub(crate) async fn stream(&self, call: &Call) -> Result<Response<Incoming>, Failure> {
        match timeout(self.limits.response, self.head(call)).await {
            Ok(done) => done,
            Err(_) => Err(Failure::Timeout(self.limits.response)),
        }
    }

    async fn head(&self, call: &Call) -> Result<Response<Incoming>, Failure> {
        let done = match self.client.request(self.message(call)?).await {
            // The server ended the kept connection as we took it. Reading again does no harm; what
            // changes something might be done twice.
            Err(error) if call.method == Method::GET && ended_early(&error) => {
                self.client.request(self.message(call)?).await
            }
            done => done,
        };
        done.map_err(|error| self.failure(&error))
    }

    fn message(&self, call: &Call) -> Result<Request<Full<Bytes>>, Failure> {
        let mut message = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base, call.target))
            .header(USER_AGENT, HeaderValue::from_static(AGENT));
        if call.body.is_some() {
            message = message.header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/json; charset=utf-8"),
            );
        }
        let body = call.body.clone().unwrap_or_default();
        message.body(Full::from(body)).map_err(|error| {
            Failure::Broken(format!("this client cannot send {}: {error}", call.target))
        })
    }

    fn failure(&self, error: &hyper_util::client::legacy::Error) -> Failure {
        if error.is_connect() {
            if let Some(io) = find::<io::Error>(error) {
                match io.kind() {
                    io::ErrorKind::ConnectionRefused => {
                        return Failure::NotRunning("connection refused".to_owned());
                    }
                    io::ErrorKind::NotFound => return Failure::NotRunning(io.to_string()),
                    io::ErrorKind::TimedOut => return Failure::Timeout(self.limits.connect),
                    _ => return Failure::Unreachable(io.to_string()),
                }
            }
        }
        Failure::Broken(reason(error))
    }
}

fn ended_early(error: &hyper_util::client::legacy::Error) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message)
}

/// The cause of this type.
fn find<E: std::error::Error + 'static>(error: &hyper_util::client::legacy::Error) -> Option<&E> {
    let mut cause = error.source();
    while let Some(now) = cause {
        if let Some(found) = now.downcast_ref() {
            return Some(found);
        }
        cause = now.source();
    }
    None
}

/// The causes from the outermost that says something to the root, each once.
fn reason(error: &hyper_util::client::legacy::Error) -> String {
    match error.source() {
        Some(cause) => causes(cause),
        None => error.to_string(),
    }
}

fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(now) = cause {
        let more = now.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = now.source();
    }
    text
}

/// All of an answer.
pub(crate) async fn read(response: Response<Incoming>) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default();
    let mut incoming = response.into_body();
    let mut whole = Vec::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| Failure::Broken(causes(&error)))?;
        if let Some(data) = frame.data_ref() {
            if whole.len() + data.len() > LARGEST {
                return Err(Failure::Broken(format!(
                    "the answer is larger than {LARGEST} bytes"
                )));
            }
            whole.extend_from_slice(data);
        }
    }
    let body = String::from_utf8(whole)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(Answer {
        status,
        content_type,
        body,
    })
}

// ---- what the pool of connections asks for -------------------------------------------------------

/// Connects to the one endpoint, whatever the URL says.
#[derive(Clone)]
struct Connector {
    endpoint: Endpoint,
    timeout: Duration,
}

impl tower_service::Service<Uri> for Connector {
    type Response = Wire;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Wire>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let Connector {
            endpoint,
            timeout: patience,
        } = self.clone();
        Box::pin(async move {
            match timeout(patience, endpoint.connect()).await {
                Ok(stream) => Ok(Wire(TokioIo::new(stream?))),
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
            }
        })
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

struct Wire(TokioIo<Box<dyn Stream>>);

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }
}
