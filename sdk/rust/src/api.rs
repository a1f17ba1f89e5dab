use crate::address::Address;
use crate::caller::Caller;
use crate::encode::encode;
use crate::error::LeafError;
use crate::model::{
    CheckConnectivityReply, FailoverStatusReply, Log, MptpStatusReply, OutboundHealthReply,
    OutboundLastPeerActiveReply, OutboundListReply, OutboundSinceLastPeerActiveReply, ReloadReply,
    SelectListReply, SelectReply, SpeedTestStatusReply, Stat, UsageReply,
};
use crate::preferences::LeafPreferences;
use crate::transport::{Call, Endpoint, Limits, Transport};
use anyhow::Result;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const RUNTIME: &str = "/api/v1/runtime/";
const OUTBOUND: &str = "/api/v1/app/outbound/";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
const MAX_CONNECTIONS: usize = 256;

/// A client of the runtime's HTTP API. One serves the whole program: clones share its connections,
/// which are kept open and end with the last clone. Calls belong into a Tokio runtime with I/O and
/// time enabled.
///
/// All calls fail alike, with a [`LeafError`] in the `anyhow::Error`: `Refused` when the runtime
/// says no (the text is its own, such as `unknown outbound 'us-ams-9'`), `NotRunning`, `Timeout`,
/// `BadAnswer` when the answer is broken or not of Leaf, `Io` when the exchange broke off.
///
/// ```
/// use leaf_sdk_desktop::ApiClient;
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doc_server.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyhow::Result<()> {
/// # let url = doc_server(200, r#"{"outbounds":[
/// #     {"name":"us-1","is_selected":true,"ping_ms":42.1},
/// #     {"name":"us-2","is_selected":false,"ping_ms":null}]}"#);
/// let leaf = ApiClient::new(&url)?; // such as "http://127.0.0.1:10001"
/// for node in leaf.get_select_outbound_items("OUT").await?.outbounds.unwrap_or_default() {
///     let name = node.name.unwrap_or_default();
///     match node.ping_ms {
///         Some(millis) => println!("{name} {millis} ms"),
///         None => println!("{name} was never measured"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApiClient {
    base: Arc<str>,
    api: Arc<Caller>,
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient")
            .field("base_url", &self.base)
            .finish_non_exhaustive()
    }
}

impl ApiClient {
    /// A client of the API at a base URL such as `http://127.0.0.1:10001`, with the default
    /// timeouts. Opens nothing yet.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] when it is no `http` URL of a host, or has a query.
    pub fn new(base_url: impl AsRef<str>) -> Result<ApiClient> {
        ApiClient::builder(base_url).build()
    }

    /// A client of the API on a port of 127.0.0.1, with the default timeouts.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] for port 0.
    pub fn from_port(port: u16) -> Result<ApiClient> {
        ApiClientBuilder::of(Address::of_port(port)).build()
    }

    /// A client of the API on the port that the preferences name, with the default timeouts.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] for port 0.
    ///
    /// ```
    /// use leaf_sdk_desktop::{ApiClient, LeafPreferences};
    ///
    /// let leaf = ApiClient::from_preferences(&LeafPreferences::default())?;
    /// assert_eq!(leaf.base_url(), "http://127.0.0.1:10001");
    /// # Ok::<(), anyhow::Error>(())
    /// ```
    pub fn from_preferences(preferences: &LeafPreferences) -> Result<ApiClient> {
        ApiClient::from_port(preferences.api_port)
    }

    /// Begins a client with other timeouts or another number of connections.
    ///
    /// ```
    /// use leaf_sdk_desktop::ApiClient;
    /// use std::time::Duration;
    ///
    /// let leaf = ApiClient::builder("http://127.0.0.1:10001")
    ///     .response_timeout(Duration::from_secs(5))
    ///     .max_connections(16)
    ///     .build()?;
    /// # Ok::<(), anyhow::Error>(())
    /// ```
    pub fn builder(base_url: impl AsRef<str>) -> ApiClientBuilder {
        ApiClientBuilder::of(Address::of(base_url.as_ref()))
    }

    /// The URL that the calls go to, such as `http://127.0.0.1:10001`.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Has the runtime read its configuration again; returns once the new one is live.
    ///
    /// # Errors
    ///
    /// Refused with 500, file, line and reason for a bad file; the old one goes on then.
    pub async fn reload(&self) -> Result<ReloadReply> {
        self.ask(Call::post("reload", format!("{RUNTIME}reload")))
            .await
    }

    /// Has the runtime end; the core stays. The runtime drains for a few seconds after the answer.
    pub async fn shutdown(&self) -> Result<()> {
        self.order(Call::post("shutdown", format!("{RUNTIME}shutdown")))
            .await
    }

    /// Probes through the outbound selected now.
    ///
    /// # Errors
    ///
    /// Refused with 500 and the reason when nothing gets through.
    pub async fn check_connectivity(&self) -> Result<CheckConnectivityReply> {
        let target = format!("{RUNTIME}check_connectivity");
        self.ask(Call::get("check_connectivity", target)).await
    }

    /// The active connections.
    pub async fn get_stats(&self) -> Result<Vec<Stat>> {
        self.ask(Call::get("get_stats", format!("{RUNTIME}stat/json")))
            .await
    }

    /// The most recent finished connections, newest first; at most 1,000.
    pub async fn get_recent_stats(&self) -> Result<Vec<Stat>> {
        let target = format!("{RUNTIME}stat/recent/json");
        self.ask(Call::get("get_recent_stats", target)).await
    }

    /// Totals of an outbound, group or inbound.
    ///
    /// # Errors
    ///
    /// Refused with 404 for an unknown tag.
    pub async fn get_usage(&self, tag: &str) -> Result<UsageReply> {
        let target = format!("{RUNTIME}usage/json?tag={}", encode(tag));
        self.ask(Call::get("get_usage", target)).await
    }

    /// Totals of a user of the inbounds.
    ///
    /// # Errors
    ///
    /// Refused with 404 for a user neither configured nor seen.
    pub async fn get_usage_by_user_id(&self, user_id: &str) -> Result<UsageReply> {
        let target = format!("{RUNTIME}usage/json?userId={}", encode(user_id));
        self.ask(Call::get("get_usage_by_user_id", target)).await
    }

    /// A window of the log, oldest line first: `limit` lines at most, up to 10,000, from `offset`
    /// on, 0 being the oldest line kept. A poller gives the number of lines that it has read so
    /// far.
    pub async fn get_logs(&self, limit: u32, offset: u64) -> Result<Log> {
        let target = format!("{RUNTIME}logs/json?limit={limit}&offset={offset}");
        self.ask(Call::get("get_logs", target)).await
    }

    /// Drops the lines kept so far.
    pub async fn clear_logs(&self) -> Result<()> {
        self.order(Call::post("clear_logs", format!("{RUNTIME}logs/clear")))
            .await
    }

    /// Every configured group.
    pub async fn get_outbound_list(&self) -> Result<OutboundListReply> {
        self.ask(Call::get("get_outbound_list", format!("{OUTBOUND}list")))
            .await
    }

    /// The members of a group of any kind.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such group.
    pub async fn get_select_outbound_items(&self, tag: &str) -> Result<SelectListReply> {
        let target = format!("{OUTBOUND}selects?outbound={}", encode(tag));
        self.ask(Call::get("get_select_outbound_items", target))
            .await
    }

    /// The member that a group of any kind uses.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such group.
    pub async fn get_current_select_outbound_item(&self, tag: &str) -> Result<SelectReply> {
        let target = format!("{OUTBOUND}select?outbound={}", encode(tag));
        self.ask(Call::get("get_current_select_outbound_item", target))
            .await
    }

    /// Switches a select group, for new connections at once; the choice outlives reload and
    /// restart.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such select group or it has no such member.
    ///
    /// ```
    /// # use leaf_sdk_desktop::{ApiClient, LeafError};
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doc_server.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> anyhow::Result<()> {
    /// # let leaf = ApiClient::new(doc_server(404, "'OUT' has no member 'us-9'"))?;
    /// let error = leaf.set_select_outbound_item("OUT", "us-9").await.unwrap_err();
    /// assert_eq!(error.to_string(), "'OUT' has no member 'us-9'"); // what Leaf says
    /// let refusal = error.downcast_ref::<LeafError>().unwrap();
    /// assert_eq!(refusal.status(), Some(404));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_select_outbound_item(&self, tag: &str, item: &str) -> Result<()> {
        let target = format!(
            "{OUTBOUND}select?outbound={}&select={}",
            encode(tag),
            encode(item)
        );
        self.order(Call::post("set_select_outbound_item", target))
            .await
    }

    /// The state of a failover group.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such failover group.
    pub async fn get_failover_status(&self, tag: &str) -> Result<FailoverStatusReply> {
        let target = format!("{OUTBOUND}failover/status?outbound={}", encode(tag));
        self.ask(Call::get("get_failover_status", target)).await
    }

    /// Has a failover group check its members; returns at once,
    /// [`get_failover_status`](Self::get_failover_status) shows the result later.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such failover group.
    pub async fn force_failover_health_check(&self, tag: &str) -> Result<()> {
        let target = format!("{OUTBOUND}failover/healthcheck?outbound={}", encode(tag));
        self.order(Call::post("force_failover_health_check", target))
            .await
    }

    /// Has every failover group check its members; returns at once.
    pub async fn force_failover_health_check_all(&self) -> Result<()> {
        let target = format!("{OUTBOUND}failover/healthcheck/all");
        self.order(Call::post("force_failover_health_check_all", target))
            .await
    }

    /// Probes an outbound or group now; answers when the probes are done.
    ///
    /// # Errors
    ///
    /// Refused with 404 for an unknown tag.
    ///
    /// ```
    /// # use leaf_sdk_desktop::ApiClient;
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doc_server.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> anyhow::Result<()> {
    /// # let leaf = ApiClient::new(doc_server(200, r#"{"tag":"us-1","tcp_ms":48.2,"udp_ms":null}"#))?;
    /// let health = leaf.get_outbound_health("us-1").await?;
    /// assert_eq!(health.tcp_ms.or(health.udp_ms), Some(48.2));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_outbound_health(&self, tag: &str) -> Result<OutboundHealthReply> {
        let target = format!("{RUNTIME}outbound/{}/health", encode(tag));
        self.ask(Call::get("get_outbound_health", target)).await
    }

    /// When the peer of an outbound was last active.
    ///
    /// # Errors
    ///
    /// Refused with 404 for an unknown tag.
    pub async fn get_outbound_last_peer_active(
        &self,
        tag: &str,
    ) -> Result<OutboundLastPeerActiveReply> {
        let target = format!("{RUNTIME}outbound/{}/last_peer_active", encode(tag));
        self.ask(Call::get("get_outbound_last_peer_active", target))
            .await
    }

    /// How long ago the peer of an outbound was last active.
    ///
    /// # Errors
    ///
    /// Refused with 404 for an unknown tag.
    pub async fn get_outbound_since_last_peer_active(
        &self,
        tag: &str,
    ) -> Result<OutboundSinceLastPeerActiveReply> {
        let target = format!("{RUNTIME}outbound/{}/since_last_peer_active", encode(tag));
        self.ask(Call::get("get_outbound_since_last_peer_active", target))
            .await
    }

    /// The state of a speedtest group.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such speedtest group.
    pub async fn get_speedtest_status(&self, tag: &str) -> Result<SpeedTestStatusReply> {
        let target = format!("{OUTBOUND}speedtest/status?outbound={}", encode(tag));
        self.ask(Call::get("get_speedtest_status", target)).await
    }

    /// The state of an mptp group.
    ///
    /// # Errors
    ///
    /// Refused with 404 when there is no such mptp group.
    pub async fn get_mptp_status(&self, tag: &str) -> Result<MptpStatusReply> {
        let target = format!("{OUTBOUND}mptp/status?outbound={}", encode(tag));
        self.ask(Call::get("get_mptp_status", target)).await
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, call: Call) -> Result<T> {
        Ok(self.api.ask(call).await?)
    }

    async fn order(&self, call: Call) -> Result<()> {
        Ok(self.api.order(call).await?)
    }
}

/// Settings of a client, from [`ApiClient::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ApiClientBuilder {
    address: Result<Address, LeafError>,
    limits: Limits,
}

impl ApiClientBuilder {
    fn of(address: Result<Address, LeafError>) -> ApiClientBuilder {
        ApiClientBuilder {
            address,
            limits: Limits {
                connect: CONNECT_TIMEOUT,
                response: RESPONSE_TIMEOUT,
                connections: MAX_CONNECTIONS,
            },
        }
    }

    /// How long opening a connection may take, 1 ms or more; 5 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = timeout;
        self
    }

    /// How long a call may take until its answer is there whole, 1 ms or more; 30 s by default.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits.response = timeout;
        self
    }

    /// How many calls may be under way at once, 1 or more; further ones wait. 256 by default.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections;
        self
    }

    /// A client with these settings.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] when the base URL or a setting is out of its range.
    pub fn build(self) -> Result<ApiClient> {
        let address = self.address?;
        let mut limits = self.limits;
        for timeout in [limits.connect, limits.response] {
            if timeout < Duration::from_millis(1) {
                let text = format!("the timeout is {timeout:?}; at least 1 ms");
                return Err(LeafError::invalid(text).into());
            }
        }
        if limits.connections == 0 {
            return Err(LeafError::invalid("max_connections is 0; at least 1").into());
        }
        limits.connections = limits.connections.min(tokio::sync::Semaphore::MAX_PERMITS);
        let endpoint = Endpoint::Tcp {
            host: address.host,
            port: address.port,
        };
        Ok(ApiClient {
            base: address.base.as_str().into(),
            api: Arc::new(Caller {
                transport: Transport::new(address.base, endpoint, limits),
                not_running: format!("Leaf is not running on {}", address.authority),
                server: address.authority,
                remedy: "; start it with 'leaf run'",
            }),
        })
    }
}
