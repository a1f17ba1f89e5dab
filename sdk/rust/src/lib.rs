//! Typed client of Leaf, a local proxy runtime.
//!
//! [`ApiClient`] talks to the runtime's HTTP API on 127.0.0.1. On Unix systems [`LeafCore`], and
//! the functions named like its methods, control the core: the process that hosts the runtime.
//!
//! ```
//! use leaf_sdk_desktop::{ApiClient, LeafError};
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doc_server.rs"));
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> anyhow::Result<()> {
//! # let url = doc_server(404, "unknown outbound 'us-ams-9'");
//!
//! let leaf = ApiClient::new(&url)?; // such as "http://127.0.0.1:10001"
//! match leaf.get_outbound_health("us-ams-9").await {
//!     Ok(health) => println!("{:?} ms", health.tcp_ms.or(health.udp_ms)),
//!     Err(error) => match error.downcast_ref::<LeafError>() {
//!         Some(LeafError::NotRunning { .. }) => println!("start it first: {error}"),
//!         _ => println!("{error}"), // unknown outbound 'us-ams-9'
//!     },
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Times ending in `_ms` are milliseconds, `duration` is in seconds, other times are Unix seconds,
//! bytes are payload bytes.

#![deny(missing_docs)]

mod address;
mod api;
mod caller;
#[cfg(unix)]
mod control;
mod encode;
mod error;
mod home;
pub mod model;
mod preferences;
mod transport;
mod update;

pub use api::{ApiClient, ApiClientBuilder};
#[cfg(unix)]
pub use control::*;
pub use error::LeafError;
pub use home::LeafHome;
pub use model::*;
pub use preferences::{DEFAULT_API_PORT, LeafPreferences, LogLevel};
pub use update::UpdateLeafPreferences;

/// The examples of the README are compiled too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
