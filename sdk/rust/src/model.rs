//! What the runtime answers.
//!
//! A reading that does not exist is `None`. So is a field that a much older or foreign server left
//! out, `false` where the type is `bool`; fields that this version does not know are ignored. Each
//! reply prints and serialises itself as the JSON that the API sends, absent readings as `null`.

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Defines a reply. Written by hand rather than derived is what reads it: only an object will do
/// (a derived one takes an array too), and null counts as missing everywhere.
macro_rules! reply {
    (
        $(#[$about:meta])*
        $name:ident {
            $( $(#[$field_about:meta])* $field:ident: $kind:ty = $json:literal, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_about])* #[serde(rename = $json)] pub $field: $kind, )*
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("the object of a ", stringify!($name)))
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut reply = $name::default();
                        while let Some(key) = map.next_key::<String>()? {
                            match key.as_str() {
                                $( $json => {
                                    let value: Option<$kind> = map.next_value()?;
                                    reply.$field = value.unwrap_or_default();
                                } )*
                                _ => { map.next_value::<IgnoredAny>()?; }
                            }
                        }
                        Ok(reply)
                    }
                }

                from.deserialize_map(Fields)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
            }
        }
    };
}

reply! {
    /// What a reload changed; all lists hold tags of outbounds, groups and inbounds.
    ReloadReply {
        /// Tags that are new.
        added: Option<Vec<String>> = "added",
        /// Tags that are gone.
        removed: Option<Vec<String>> = "removed",
        /// Tags whose settings, or those of a layer below, are others now.
        changed: Option<Vec<String>> = "changed",
        /// How many connections stayed open.
        kept_connections: Option<u64> = "kept_connections",
        /// How many connections ended because their outbound is gone or changed.
        closed_connections: Option<u64> = "closed_connections",
    }
}

reply! {
    /// How long a probe through the outbound selected now took.
    CheckConnectivityReply {
        /// Milliseconds until the target answered.
        tcp_ms: Option<f64> = "tcp_ms",
    }
}

reply! {
    /// One connection or UDP association, alive or finished.
    Stat {
        /// Its number, unique while the runtime lives.
        id: Option<u64> = "id",
        /// `tcp` or `udp`.
        network: Option<String> = "network",
        /// The inbound that accepted it.
        inbound_tag: Option<String> = "inbound_tag",
        /// Who the client says it speaks for; `None` when it says nothing.
        forwarded_source: Option<String> = "forwarded_source",
        /// The local client, as `ip:port`.
        source: Option<String> = "source",
        /// Where it goes, as `host:port`.
        destination: Option<String> = "destination",
        /// The outbound that carried it.
        outbound_tag: Option<String> = "outbound_tag",
        /// The groups that it passed, outermost first.
        outbound_chain: Option<Vec<String>> = "outbound_chain",
        /// Payload bytes from the local client towards the peer.
        bytes_sent: Option<u64> = "bytes_sent",
        /// Payload bytes from the peer towards the local client.
        bytes_recvd: Option<u64> = "bytes_recvd",
        /// Whether the client has finished sending.
        send_completed: bool = "send_completed",
        /// Whether the peer has finished sending.
        recv_completed: bool = "recv_completed",
        /// When it began, in Unix seconds.
        start_time: Option<i64> = "start_time",
        /// How long it has lasted, in seconds.
        duration: Option<f64> = "duration",
        /// The name that a DNS answer gave for its address; `None` when none did.
        dns_sniffed_domain: Option<String> = "dns_sniffed_domain",
        /// The server name of its TLS ClientHello; `None` when none was seen.
        tls_sniffed_domain: Option<String> = "tls_sniffed_domain",
        /// The Host of its HTTP request; `None` when none was seen.
        http_sniffed_domain: Option<String> = "http_sniffed_domain",
        /// The user of the inbound; `None` when it has no users.
        user_id: Option<String> = "user_id",
        /// The rule that chose its outbound; `None` for the default.
        rule: Option<String> = "rule",
        /// The local program it belongs to; `None` when not known.
        process: Option<String> = "process",
        /// How long its steps took.
        timings: Option<StatTimings> = "timings",
        /// Why it ended; `None` while it lives.
        close_reason: Option<String> = "close_reason",
    }
}

reply! {
    /// How long the steps of a connection took, in milliseconds; `None` where a step was not
    /// reached.
    StatTimings {
        /// Looking up its name.
        dns_ms: Option<f64> = "dns_ms",
        /// Opening the socket.
        connect_ms: Option<f64> = "connect_ms",
        /// The protocol's handshakes.
        handshake_ms: Option<f64> = "handshake_ms",
        /// From the start to the peer's first byte.
        first_byte_ms: Option<f64> = "first_byte_ms",
    }
}

reply! {
    /// Totals of an outbound, group, inbound or user since the runtime started, finished
    /// connections included.
    UsageReply {
        /// Payload bytes from the local client towards the peer.
        bytes_sent: Option<u64> = "bytes_sent",
        /// Payload bytes from the peer towards the local client.
        bytes_recvd: Option<u64> = "bytes_recvd",
    }
}

reply! {
    /// A window of the runtime's log.
    Log {
        /// Lines, oldest first: time, level, target and message; empty past the end and while the
        /// memory logger is off.
        messages: Option<Vec<String>> = "messages",
        /// How many lines the runtime keeps now.
        total: Option<u64> = "total",
        /// A cursor behind the last line of this window.
        next: Option<u64> = "next",
    }
}

reply! {
    /// Every configured group.
    OutboundListReply {
        /// The groups, in the file's order.
        outbounds: Option<Vec<OutboundGroup>> = "outbounds",
    }
}

reply! {
    /// A configured group.
    OutboundGroup {
        /// Its name.
        tag: Option<String> = "tag",
        /// The field `type`: `select`, `failover`, `url-test`, `static`, `tryall`, `speedtest` or
        /// `mptp`.
        kind: Option<String> = "type",
    }
}

reply! {
    /// The members of a group.
    SelectListReply {
        /// The members, in the file's order.
        outbounds: Option<Vec<OutboundInfo>> = "outbounds",
    }
}

reply! {
    /// A member of a group.
    OutboundInfo {
        /// Its tag.
        name: Option<String> = "name",
        /// Whether the group uses it now.
        is_selected: bool = "is_selected",
        /// The last measured time of a probe, in milliseconds; `None` when never measured.
        ping_ms: Option<f64> = "ping_ms",
    }
}

reply! {
    /// The member that a group uses.
    SelectReply {
        /// Its tag.
        selected: Option<String> = "selected",
    }
}

reply! {
    /// The state of a failover group.
    FailoverStatusReply {
        /// Its members, in the order of its last check over TCP.
        actors: Option<Vec<FailoverActor>> = "actors",
    }
}

reply! {
    /// A member of a failover group.
    FailoverActor {
        /// Its tag.
        name: Option<String> = "name",
        /// The last measured time of a probe, in milliseconds; `None` when never measured.
        ping_ms: Option<f64> = "ping_ms",
        /// Whether the group uses it now.
        is_selected: bool = "is_selected",
    }
}

reply! {
    /// What probes through an outbound or group measured just now.
    OutboundHealthReply {
        /// The outbound or group.
        tag: Option<String> = "tag",
        /// Milliseconds of the probe over TCP; `None` when it failed.
        tcp_ms: Option<f64> = "tcp_ms",
        /// Milliseconds of the probe over UDP; `None` when it failed or there is no UDP.
        udp_ms: Option<f64> = "udp_ms",
    }
}

reply! {
    /// When the peer of an outbound was last active.
    OutboundLastPeerActiveReply {
        /// The outbound or group.
        tag: Option<String> = "tag",
        /// Unix seconds at which the peer last sent or took bytes; `None` if never.
        last_peer_active: Option<i64> = "last_peer_active",
    }
}

reply! {
    /// How long ago the peer of an outbound was last active.
    OutboundSinceLastPeerActiveReply {
        /// The outbound or group.
        tag: Option<String> = "tag",
        /// Seconds since the peer last sent or took bytes; `None` if it never did.
        since_last_peer_active: Option<i64> = "since_last_peer_active",
    }
}

reply! {
    /// The state of a speedtest group.
    SpeedTestStatusReply {
        /// Its members.
        actors: Option<Vec<SpeedTestActor>> = "actors",
    }
}

reply! {
    /// A member of a speedtest group.
    SpeedTestActor {
        /// Its tag.
        name: Option<String> = "name",
        /// The last measured speed, in bits per second; `None` when never measured.
        bandwidth_bps: Option<f64> = "bandwidth_bps",
        /// Whether the group uses it now.
        is_selected: bool = "is_selected",
    }
}

reply! {
    /// The state of an mptp group, which spreads a session over several links.
    MptpStatusReply {
        /// The group.
        tag: Option<String> = "tag",
        /// The tags of its members.
        actors: Option<Vec<String>> = "actors",
        /// Its sessions.
        sessions: Option<Vec<MptpSessionInfo>> = "sessions",
    }
}

reply! {
    /// A session of an mptp group.
    MptpSessionInfo {
        /// Its identity.
        id: Option<String> = "id",
        /// Whether its handshake is done.
        established: bool = "established",
        /// Bytes that may still be sent before the peer must acknowledge.
        send_space: Option<u64> = "send_space",
        /// Bytes sent and not yet acknowledged.
        sent_unacked: Option<u64> = "sent_unacked",
        /// The links it runs over.
        links: Option<Vec<MptpLinkInfo>> = "links",
    }
}

reply! {
    /// A link of an mptp session.
    MptpLinkInfo {
        /// The member that carries it.
        tag: Option<String> = "tag",
        /// Which way it carries bytes.
        direction: Option<String> = "direction",
        /// Bytes sent over it.
        total_sent: Option<u64> = "total_sent",
        /// Bytes received over it.
        total_recved: Option<u64> = "total_recved",
        /// Its round-trip time, in milliseconds; `None` when none was measured.
        roundtrip_ms: Option<f64> = "roundtrip_ms",
        /// Whether it carries bytes now.
        is_working: bool = "is_working",
    }
}

reply! {
    /// What is wrong with a configuration.
    ConfigProblem {
        /// `error` or `warning`.
        severity: Option<String> = "severity",
        /// The file it is in.
        file: Option<String> = "file",
        /// The line, from 1; 0 when it belongs to none.
        line: Option<u32> = "line",
        /// The key it is about, such as `outbounds[2].settings.port`.
        path: Option<String> = "path",
        /// What stands there.
        text: Option<String> = "text",
        /// What is wrong with it.
        reason: Option<String> = "reason",
        /// What to do about it.
        remedy: Option<String> = "remedy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_null_fields_are_none_or_false() {
        for text in ["{}", r#"{"name":null,"is_selected":null,"ping_ms":null}"#] {
            let info: OutboundInfo = serde_json::from_str(text).unwrap();
            assert_eq!(info, OutboundInfo::default());
            assert_eq!(
                info.to_string(),
                r#"{"name":null,"is_selected":false,"ping_ms":null}"#
            );
        }
    }

    #[test]
    fn unknown_fields_are_ignored_and_the_last_of_two_counts() {
        let text = r#"{"x":{"y":[1,null]},"tcp_ms":1,"tag":"a","tcp_ms":128.7}"#;
        let health: OutboundHealthReply = serde_json::from_str(text).unwrap();
        assert_eq!(
            health.to_string(),
            r#"{"tag":"a","tcp_ms":128.7,"udp_ms":null}"#
        );
    }

    #[test]
    fn only_objects_are_replies() {
        for text in ["[]", "[1,2]", "null", "12", r#""x""#] {
            assert!(serde_json::from_str::<UsageReply>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Vec<Stat>>("[[]]").is_err());
        assert!(serde_json::from_str::<UsageReply>(r#"{"bytes_sent":"x"}"#).is_err());
    }

    #[test]
    fn numbers_stay_as_they_were_given() {
        let text = r#"{"actors":[{"name":"a","bandwidth_bps":1500000.5,"is_selected":true}]}"#;
        let reply: SpeedTestStatusReply = serde_json::from_str(text).unwrap();
        assert_eq!(reply.to_string(), text);
        for number in ["0.1", "2.0", "48.123", "135.779", "9007199254740993.0"] {
            let text = format!(r#"{{"tcp_ms":{number}}}"#);
            let reply: CheckConnectivityReply = serde_json::from_str(&text).unwrap();
            let again: CheckConnectivityReply = serde_json::from_str(&reply.to_string()).unwrap();
            assert_eq!(reply, again);
        }
        let text = r#"{"bytes_sent":9223372036854775807,"bytes_recvd":0}"#;
        let reply: UsageReply = serde_json::from_str(text).unwrap();
        assert_eq!(reply.to_string(), text);
    }
}
