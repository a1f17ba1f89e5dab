//! Drives the client by lines of JSON, so that a scenario can be run against it from outside.
//!
//! `contract_driver BASE_URL` reads steps such as `["getLogs",100,0]` from standard input and prints
//! one line for each: `{"ok":…}` with the reply, null where the call has none, or
//! `{"error":{"kind":…,"text":…}}`, with `status` where the server refused. All steps use one
//! client. `LEAF_RESPONSE_TIMEOUT_MS` shortens its patience. What is no step ends it with status 2.

use anyhow::{Context, Result, anyhow, bail};
use leaf_sdk_desktop::{ApiClient, LeafError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contract_driver: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<()> {
    let base_url = std::env::args()
        .nth(1)
        .context("the base URL of the API is missing")?;
    let mut builder = ApiClient::builder(base_url);
    if let Ok(millis) = std::env::var("LEAF_RESPONSE_TIMEOUT_MS") {
        let millis = millis
            .parse()
            .with_context(|| format!("LEAF_RESPONSE_TIMEOUT_MS is '{millis}'"))?;
        builder = builder.response_timeout(Duration::from_millis(millis));
    }
    let leaf = builder.build()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let outcome = step(&leaf, &line)
            .await
            .with_context(|| format!("step {line}"))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{outcome}")?;
        out.flush()?;
    }
    Ok(())
}

/// A step's arguments, taken one after the other.
struct Arguments<'a>(std::vec::IntoIter<&'a RawValue>);

impl Arguments<'_> {
    fn next<T: DeserializeOwned>(&mut self) -> Result<T> {
        let value = self.0.next().context("an argument is missing")?;
        serde_json::from_str(value.get()).with_context(|| format!("argument {value}"))
    }

    fn text(&mut self) -> Result<String> {
        self.next()
    }
}

/// The line that tells how the call went; an error when there is no such call.
async fn step(leaf: &ApiClient, line: &str) -> Result<String> {
    let parts: Vec<&RawValue> = serde_json::from_str(line)?;
    let mut arguments = Arguments(parts.into_iter());
    let method = arguments.text()?;
    let a = &mut arguments;
    let outcome = match method.as_str() {
        "reload" => told(leaf.reload().await),
        "shutdown" => told(leaf.shutdown().await),
        "checkConnectivity" => told(leaf.check_connectivity().await),
        "getStats" => told(leaf.get_stats().await),
        "getRecentStats" => told(leaf.get_recent_stats().await),
        "getUsage" => told(leaf.get_usage(&a.text()?).await),
        "getUsageByUserId" => told(leaf.get_usage_by_user_id(&a.text()?).await),
        "getLogs" => told(leaf.get_logs(a.next()?, a.next()?).await),
        "clearLogs" => told(leaf.clear_logs().await),
        "getOutboundList" => told(leaf.get_outbound_list().await),
        "getSelectOutboundItems" => told(leaf.get_select_outbound_items(&a.text()?).await),
        "getCurrentSelectOutboundItem" => {
            told(leaf.get_current_select_outbound_item(&a.text()?).await)
        }
        "setSelectOutboundItem" => {
            let (tag, item) = (a.text()?, a.text()?);
            told(leaf.set_select_outbound_item(&tag, &item).await)
        }
        "getFailoverStatus" => told(leaf.get_failover_status(&a.text()?).await),
        "forceFailoverHealthCheck" => told(leaf.force_failover_health_check(&a.text()?).await),
        "forceFailoverHealthCheckAll" => told(leaf.force_failover_health_check_all().await),
        "getOutboundHealth" => told(leaf.get_outbound_health(&a.text()?).await),
        "getOutboundLastPeerActive" => told(leaf.get_outbound_last_peer_active(&a.text()?).await),
        "getOutboundSinceLastPeerActive" => {
            told(leaf.get_outbound_since_last_peer_active(&a.text()?).await)
        }
        "getSpeedtestStatus" => told(leaf.get_speedtest_status(&a.text()?).await),
        "getMptpStatus" => told(leaf.get_mptp_status(&a.text()?).await),
        _ => bail!("there is no method '{method}'"),
    };
    if arguments.0.next().is_some() {
        bail!("there are too many arguments");
    }
    outcome
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome<T> {
    Ok(T),
    Error(Failed),
}

#[derive(Serialize)]
struct Failed {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    text: String,
}

fn told<T: Serialize>(result: Result<T>) -> Result<String> {
    let outcome = match result {
        Ok(reply) => Outcome::Ok(reply),
        Err(error) => {
            let failure = error.downcast_ref::<LeafError>();
            Outcome::Error(Failed {
                kind: match failure {
                    Some(LeafError::Refused { .. }) => "refused",
                    Some(LeafError::NotRunning { .. }) => "not_running",
                    Some(LeafError::Timeout { .. }) => "timeout",
                    Some(LeafError::BadAnswer { .. }) => "bad_answer",
                    Some(LeafError::Io { .. }) => "io",
                    _ => return Err(anyhow!("a failure of another kind: {error}")),
                },
                status: failure.and_then(LeafError::status),
                text: error.to_string(),
            })
        }
    };
    Ok(serde_json::to_string(&outcome)?)
}
