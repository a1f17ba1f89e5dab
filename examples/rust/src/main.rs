//! Switches a select group to another member and verifies it: reads the choice back and probes the
//! node. When the node does not answer, the group goes back to the member it had.
//!
//! ```text
//! switch-node GROUP [MEMBER] [--port PORT]
//! ```
//!
//! Without a member the one after the present one is taken; without a port the one that the
//! preferences name. Ends with status 1 when the switch fails, 2 when the arguments are wrong.

use anyhow::{Context, Result, bail};
use leaf_sdk_desktop::{ApiClient, LeafPreferences, OutboundInfo};
use std::process::ExitCode;

const USAGE: &str = "usage: switch-node GROUP [MEMBER] [--port PORT]";

struct Arguments {
    group: String,
    member: Option<String>,
    port: Option<u16>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments> {
    let mut names = Vec::new();
    let mut port = None;
    while let Some(next) = given.next() {
        if next == "--port" {
            let text = given.next().context("--port needs a number")?;
            let number = text
                .parse()
                .with_context(|| format!("'{text}' is no port"))?;
            port = Some(number);
        } else {
            names.push(next);
        }
    }
    let mut names = names.into_iter();
    let group = names.next().context("the group is missing")?;
    let member = names.next();
    if let Some(more) = names.next() {
        bail!("'{more}' is one argument too many");
    }
    Ok(Arguments {
        group,
        member,
        port,
    })
}

async fn run(arguments: Arguments) -> Result<()> {
    let leaf = match arguments.port {
        Some(port) => ApiClient::from_port(port)?,
        None => ApiClient::from_preferences(&LeafPreferences::load()?)?,
    };
    let group = arguments.group;
    let reply = leaf.get_select_outbound_items(&group).await?;
    let members = reply.outbounds.unwrap_or_default();
    let before = members.iter().find(|member| member.is_selected);
    let before = before.and_then(|member| member.name.clone());
    let wanted = match arguments.member {
        Some(member) => member,
        None => after_selected(&members).with_context(|| format!("'{group}' has no members"))?,
    };

    leaf.set_select_outbound_item(&group, &wanted).await?;
    let now = leaf.get_current_select_outbound_item(&group).await?;
    if now.selected.as_ref() != Some(&wanted) {
        bail!(
            "'{group}' uses '{}' after the switch to '{wanted}'",
            now.selected.unwrap_or_default()
        );
    }
    let health = leaf.get_outbound_health(&wanted).await?;
    if let Some(millis) = health.tcp_ms.or(health.udp_ms) {
        println!("{group}: {wanted}, {millis} ms");
        return Ok(());
    }
    match before.filter(|before| *before != wanted) {
        Some(before) => {
            leaf.set_select_outbound_item(&group, &before)
                .await
                .with_context(|| format!("'{wanted}' does not answer, and going back failed"))?;
            bail!("'{wanted}' does not answer; '{group}' uses '{before}' again")
        }
        None => bail!("'{wanted}' does not answer"),
    }
}

/// The member after the present one, from the end back to the first.
fn after_selected(members: &[OutboundInfo]) -> Option<String> {
    let present = members.iter().position(|member| member.is_selected);
    let next = present.map_or(0, |present| (present + 1) % members.len());
    members.get(next)?.name.clone()
}
