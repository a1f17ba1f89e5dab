//! The calls, replies and failures of the client, against servers of real sockets.

mod support;

use leaf_sdk_desktop::{ApiClient, ApiClientBuilder, LeafError, LeafPreferences};
use std::fmt::Debug;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use support::{BadServer, RecordingServer, free_port};

const STAT: &str = concat!(
    r#"{"id":7,"network":"tcp","inbound_tag":"socks","forwarded_source":null,"#,
    r#""source":"127.0.0.1:4711","destination":"example.org:443","outbound_tag":"us-1","#,
    r#""outbound_chain":["OUT","US"],"bytes_sent":5000000000,"bytes_recvd":2,"#,
    r#""send_completed":true,"recv_completed":false,"start_time":1735689600,"duration":1.25,"#,
    r#""dns_sniffed_domain":null,"tls_sniffed_domain":"example.org","http_sniffed_domain":null,"#,
    r#""user_id":null,"rule":"DOMAIN, example.org, US","process":null,"timings":{"dns_ms":null,"#,
    r#""connect_ms":1.5,"handshake_ms":12.125,"first_byte_ms":40.2},"close_reason":null}"#
);

fn client(url: &str) -> ApiClient {
    patient(url, Duration::from_secs(20)).build().unwrap()
}

fn patient(url: &str, timeout: Duration) -> ApiClientBuilder {
    ApiClient::builder(url).response_timeout(timeout)
}

fn failure<T: Debug>(result: anyhow::Result<T>) -> LeafError {
    let error = result.expect_err("the call should fail");
    let failure = error.downcast_ref::<LeafError>().unwrap().clone();
    assert_eq!(error.to_string(), failure.text());
    failure
}

/// The call sends this request, and its reply is this JSON again.
macro_rules! asks {
    ($request:expr, $reply:expr, $leaf:ident => $call:expr) => {{
        let reply: &str = $reply;
        let server = RecordingServer::json(reply);
        let $leaf = client(&server.url);
        let told = $call.await.unwrap();
        assert_eq!(serde_json::to_string(&told).unwrap(), reply);
        assert_eq!(server.lines(), [$request]);
    }};
}

macro_rules! orders {
    ($request:expr, $status:expr, $leaf:ident => $call:expr) => {{
        let server = RecordingServer::new($status, "text/plain", "");
        let $leaf = client(&format!("{}/", server.url));
        $call.await.unwrap();
        assert_eq!(server.lines(), [$request]);
        let seen = &server.seen()[0];
        assert_eq!(seen.body, "");
        assert!(
            seen.headers
                .contains(&format!("host: 127.0.0.1:{}", server.port))
        );
    }};
}

#[tokio::test]
async fn each_call_of_the_runtime_sends_its_request_and_reads_its_reply() {
    asks!(
        "POST /api/v1/runtime/reload",
        r#"{"added":["a"],"removed":[],"changed":["b","c"],"kept_connections":3,"closed_connections":1}"#,
        leaf => leaf.reload()
    );
    asks!("GET /api/v1/runtime/check_connectivity", r#"{"tcp_ms":128.7}"#,
        leaf => leaf.check_connectivity());
    asks!("GET /api/v1/runtime/stat/json", &format!("[{STAT},{STAT}]"), leaf => leaf.get_stats());
    asks!("GET /api/v1/runtime/stat/recent/json", "[]", leaf => leaf.get_recent_stats());
    asks!(
        "GET /api/v1/runtime/usage/json?tag=OUT",
        r#"{"bytes_sent":12345678901,"bytes_recvd":0}"#,
        leaf => leaf.get_usage("OUT")
    );
    asks!(
        "GET /api/v1/runtime/usage/json?userId=b831381d-6324-4d53-ad4f-8cda48b30811",
        r#"{"bytes_sent":1,"bytes_recvd":2}"#,
        leaf => leaf.get_usage_by_user_id("b831381d-6324-4d53-ad4f-8cda48b30811")
    );
    asks!(
        "GET /api/v1/runtime/logs/json?limit=200&offset=40",
        r#"{"messages":["one","zwei ü 😀"],"total":42,"next":977}"#,
        leaf => leaf.get_logs(200, 40)
    );
    asks!(
        "GET /api/v1/runtime/outbound/us-1/health",
        r#"{"tag":"us-1","tcp_ms":48.2,"udp_ms":null}"#,
        leaf => leaf.get_outbound_health("us-1")
    );
    asks!(
        "GET /api/v1/runtime/outbound/us-1/last_peer_active",
        r#"{"tag":"us-1","last_peer_active":1735689600}"#,
        leaf => leaf.get_outbound_last_peer_active("us-1")
    );
    asks!(
        "GET /api/v1/runtime/outbound/us-1/since_last_peer_active",
        r#"{"tag":"us-1","since_last_peer_active":null}"#,
        leaf => leaf.get_outbound_since_last_peer_active("us-1")
    );
    orders!("POST /api/v1/runtime/shutdown", 200, leaf => leaf.shutdown());
    orders!("POST /api/v1/runtime/logs/clear", 200, leaf => leaf.clear_logs());
}

#[tokio::test]
async fn each_call_of_the_groups_sends_its_request_and_reads_its_reply() {
    asks!(
        "GET /api/v1/app/outbound/list",
        r#"{"outbounds":[{"tag":"OUT","type":"select"},{"tag":"AUTO","type":"failover"}]}"#,
        leaf => leaf.get_outbound_list()
    );
    asks!(
        "GET /api/v1/app/outbound/selects?outbound=OUT",
        r#"{"outbounds":[{"name":"us-1","is_selected":true,"ping_ms":42.1},{"name":"us-2","is_selected":false,"ping_ms":null}]}"#,
        leaf => leaf.get_select_outbound_items("OUT")
    );
    asks!("GET /api/v1/app/outbound/select?outbound=OUT", r#"{"selected":"us-1"}"#,
        leaf => leaf.get_current_select_outbound_item("OUT"));
    asks!(
        "GET /api/v1/app/outbound/failover/status?outbound=AUTO",
        r#"{"actors":[{"name":"us-1","ping_ms":42.1,"is_selected":true}]}"#,
        leaf => leaf.get_failover_status("AUTO")
    );
    asks!(
        "GET /api/v1/app/outbound/speedtest/status?outbound=S",
        r#"{"actors":[{"name":"a","bandwidth_bps":1500000.5,"is_selected":false}]}"#,
        leaf => leaf.get_speedtest_status("S")
    );
    asks!(
        "GET /api/v1/app/outbound/mptp/status?outbound=M",
        concat!(
            r#"{"tag":"M","actors":["a"],"sessions":[{"id":"1","established":true,"#,
            r#""send_space":65536,"sent_unacked":0,"links":[{"tag":"a","direction":"both","#,
            r#""total_sent":9,"total_recved":8,"roundtrip_ms":31.5,"is_working":true}]}]}"#
        ),
        leaf => leaf.get_mptp_status("M")
    );
    orders!("POST /api/v1/app/outbound/select?outbound=OUT&select=us-2", 200,
        leaf => leaf.set_select_outbound_item("OUT", "us-2"));
    orders!("POST /api/v1/app/outbound/failover/healthcheck?outbound=AUTO", 200,
        leaf => leaf.force_failover_health_check("AUTO"));
    orders!("POST /api/v1/app/outbound/failover/healthcheck/all", 202,
        leaf => leaf.force_failover_health_check_all());
}

#[tokio::test]
async fn fields_of_a_connection() {
    let server = RecordingServer::json(&format!("[{STAT}]"));
    let stats = client(&server.url).get_stats().await.unwrap();
    let stat = &stats[0];
    assert_eq!(stat.bytes_sent, Some(5_000_000_000));
    assert_eq!(stat.outbound_chain.as_deref().unwrap(), ["OUT", "US"]);
    assert!(stat.send_completed && !stat.recv_completed);
    assert_eq!(stat.timings.as_ref().unwrap().connect_ms, Some(1.5));
    assert_eq!(stat.timings.as_ref().unwrap().dns_ms, None);
    assert_eq!(stat.duration, Some(1.25));
    assert_eq!(stat.to_string(), STAT);
}

/// Plain percent-decoding; what is sent has no plus sign.
fn decoded(sent: &str) -> String {
    assert!(!sent.contains('+'), "{sent}");
    let mut bytes = Vec::new();
    let mut rest = sent.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            let hex = std::str::from_utf8(&hex).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn odd_tags_arrive_as_they_are() {
    for tag in [
        "us ams 1",
        "a/b",
        "100%",
        "%2F",
        "🇺🇸 New York 😀",
        "日本",
        "a+b",
        "a&b=c?d#e;f",
        "x/health",
        ".",
        "..",
        "...",
        "~-_.",
        "\"'<>\\^`{|}",
        "a\tb",
        "a\r\nb: c",
        "",
    ] {
        let server = RecordingServer::json(r#"{"tag":"x","tcp_ms":1.0,"udp_ms":2.0}"#);
        let leaf = client(&server.url);
        leaf.get_outbound_health(tag).await.unwrap();
        leaf.get_usage(tag).await.unwrap();
        leaf.set_select_outbound_item(tag, tag).await.unwrap();
        let lines = server.lines();
        let health = lines[0]
            .strip_prefix("GET /api/v1/runtime/outbound/")
            .unwrap();
        let health = health.strip_suffix("/health").unwrap();
        assert!(!health.contains('/'));
        assert_eq!(decoded(health), tag);
        let usage = lines[1]
            .strip_prefix("GET /api/v1/runtime/usage/json?tag=")
            .unwrap();
        assert_eq!(decoded(usage), tag);
        let (_, query) = lines[2].split_once('?').unwrap();
        let parts: Vec<&str> = query.split('&').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(decoded(parts[0].strip_prefix("outbound=").unwrap()), tag);
        assert_eq!(decoded(parts[1].strip_prefix("select=").unwrap()), tag);
    }
}

#[tokio::test]
async fn a_refusal_carries_the_servers_text() {
    let server = RecordingServer::new(
        404,
        "text/plain; charset=utf-8",
        "unknown outbound 'us-ö'\n",
    );
    let leaf = client(&server.url);
    for refused in [
        failure(leaf.get_outbound_health("us-ö").await),
        failure(leaf.force_failover_health_check("us-ö").await),
    ] {
        assert_eq!(refused.status(), Some(404));
        assert!(matches!(refused, LeafError::Refused { status: 404, .. }));
        assert_eq!(refused.text(), "unknown outbound 'us-ö'");
    }
}

#[tokio::test]
async fn a_refusal_without_text_says_who_answered_what() {
    for status in [500, 302] {
        let server = RecordingServer::new(status, "text/plain", "");
        let refused = failure(client(&server.url).reload().await);
        let text = format!("reload: 127.0.0.1:{} answered HTTP {status}", server.port);
        assert_eq!(refused.text(), text);
        assert_eq!(refused.status(), Some(status));
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_named_with_the_remedy() {
    let port = free_port();
    let down = failure(ApiClient::from_port(port).unwrap().get_stats().await);
    assert!(matches!(down, LeafError::NotRunning { .. }));
    let text = format!(
        "Leaf is not running on 127.0.0.1:{port} (connection refused); start it with 'leaf run'"
    );
    assert_eq!(down.text(), text);
}

#[tokio::test]
async fn a_host_that_has_no_address_is_an_error_of_the_exchange() {
    let unknown = failure(client("http://nowhere.invalid:1").get_stats().await);
    assert!(matches!(unknown, LeafError::Io { .. }));
    let begins = "get_stats: the exchange with nowhere.invalid:1 broke off: ";
    assert!(unknown.text().starts_with(begins), "{unknown}");
}

#[tokio::test]
async fn a_server_that_never_answers_times_out_by_the_calls_name() {
    let server = BadServer::silent();
    let leaf = patient(&server.url, Duration::from_millis(400))
        .build()
        .unwrap();
    let late = failure(leaf.get_outbound_health("us-1").await);
    assert!(matches!(late, LeafError::Timeout { .. }));
    let text = format!(
        "get_outbound_health: 127.0.0.1:{} did not answer within 400 ms",
        server.port
    );
    assert_eq!(late.text(), text);
    assert_eq!(server.requests(), 1);
}

#[cfg(target_os = "linux")] // where a full queue does not refuse
#[tokio::test]
async fn a_server_that_takes_no_connection_times_out_too() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let patience = Duration::from_millis(300);
    let mut queued = Vec::new();
    let connect = || tokio::time::timeout(patience, tokio::net::TcpStream::connect(address));
    while let Ok(connected) = connect().await {
        queued.push(connected.unwrap());
    }
    let leaf = ApiClient::builder(format!("http://{address}"))
        .connect_timeout(patience)
        .build()
        .unwrap();
    let late = failure(leaf.get_stats().await);
    assert!(matches!(late, LeafError::Timeout { .. }));
    assert_eq!(
        late.text(),
        format!("get_stats: {address} did not answer within 300 ms")
    );
}

#[tokio::test]
async fn an_answer_that_never_ends_times_out_too() {
    let server = BadServer::new(|_, mut stream| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        let _gone = stream.write_all(head);
        while stream.write_all(b"1\r\n \r\n").is_ok() {
            std::thread::park_timeout(Duration::from_millis(5));
        }
    });
    let leaf = patient(&server.url, Duration::from_millis(300))
        .build()
        .unwrap();
    let late = failure(leaf.get_usage("OUT").await);
    assert!(matches!(late, LeafError::Timeout { .. }), "{late}");
}

#[tokio::test]
async fn an_answer_that_is_far_too_large_is_cut_off() {
    let server = BadServer::new(|_, mut stream| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
        let _gone = stream.write_all(head);
        while stream.write_all(&[b' '; 1 << 16]).is_ok() {}
    });
    let leaf = patient(&server.url, Duration::from_secs(120))
        .build()
        .unwrap();
    let cut = failure(leaf.get_stats().await);
    assert!(matches!(cut, LeafError::Io { .. }));
    assert!(
        cut.text()
            .ends_with(" broke off: the answer is larger than 134217728 bytes"),
        "{cut}"
    );
}

#[tokio::test]
async fn calls_beyond_the_connections_wait_their_turn() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}";
    let (release, gate) = mpsc::channel();
    let gate = Mutex::new(gate);
    let (under_way, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let told = most.clone();
    let server = BadServer::new(move |_, mut stream| {
        told.fetch_max(
            under_way.fetch_add(1, Ordering::SeqCst) + 1,
            Ordering::SeqCst,
        );
        gate.lock().unwrap().recv().unwrap();
        under_way.fetch_sub(1, Ordering::SeqCst);
        stream.write_all(ANSWER).unwrap();
    });
    let leaf = patient(&server.url, Duration::from_secs(20))
        .max_connections(2)
        .build()
        .unwrap();
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let leaf = leaf.clone();
            tokio::spawn(async move { leaf.check_connectivity().await })
        })
        .collect();
    for released in 0..6 {
        support::wait_until(|| server.requests() >= (released + 2).min(6)).await;
        release.send(()).unwrap();
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);

    let silent = BadServer::silent();
    let leaf = patient(&silent.url, Duration::from_millis(300))
        .max_connections(1)
        .build()
        .unwrap();
    let (first, second) = tokio::join!(leaf.reload(), leaf.shutdown());
    assert!(matches!(failure(first), LeafError::Timeout { .. }));
    let waited = failure(second);
    assert!(waited.text().starts_with("shutdown: "), "{waited}");
    assert!(matches!(waited, LeafError::Timeout { .. }));
}

#[tokio::test]
async fn a_page_of_html_is_not_leaf() {
    let page = "<!DOCTYPE html>\n<html><title>Router login</title></html>";
    for content_type in ["text/html; charset=utf-8", "application/json"] {
        let server = RecordingServer::new(200, content_type, page);
        let leaf = client(&server.url);
        let text = |call: &str, status: u16, port: u16| {
            format!(
                "{call}: 127.0.0.1:{port} answered HTTP {status} with a page of HTML, so it is not \
                 Leaf's API; it begins '<!DOCTYPE html> <html><title>Router login</title></html>'"
            )
        };
        for (call, wrong) in [
            ("get_stats", failure(leaf.get_stats().await)),
            ("shutdown", failure(leaf.shutdown().await)),
        ] {
            assert!(matches!(wrong, LeafError::BadAnswer { .. }));
            assert_eq!(wrong.text(), text(call, 200, server.port));
        }
        let server = RecordingServer::new(404, content_type, page);
        let refused = failure(client(&server.url).get_stats().await);
        assert_eq!(refused.status(), Some(404));
        assert_eq!(refused.text(), text("get_stats", 404, server.port));
    }
}

#[tokio::test]
async fn json_that_ends_early_is_an_error() {
    for body in [
        "",
        " \n",
        r#"{"bytes_sent":12"#,
        r#"{"bytes_sent":12,"#,
        "{",
        r#"{"bytes_"#,
    ] {
        let server = RecordingServer::json(body);
        let wrong = failure(client(&server.url).get_usage("OUT").await);
        assert!(matches!(wrong, LeafError::BadAnswer { .. }));
        let text = format!(
            "get_usage: the answer of 127.0.0.1:{} ends before its JSON does; it begins '{}'",
            server.port,
            body.trim()
        );
        assert_eq!(wrong.text(), text);
    }
}

#[tokio::test]
async fn another_json_than_expected_is_an_error() {
    for body in [
        "null",
        "[]",
        "[1,2]",
        "12",
        "no json",
        r#"{"bytes_sent":"x"}"#,
        r#"{"bytes_sent":1} x"#,
    ] {
        let server = RecordingServer::json(body);
        let wrong = failure(client(&server.url).get_usage("OUT").await);
        assert!(matches!(wrong, LeafError::BadAnswer { .. }));
        let text = format!(
            "get_usage: the answer of 127.0.0.1:{} is not the JSON expected; it begins '{body}'",
            server.port
        );
        assert_eq!(wrong.text(), text);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error_that_names_the_call() {
    for bytes in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"byt",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"byt\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
    ] {
        let server = BadServer::says(bytes);
        let broken = failure(client(&server.url).get_usage("OUT").await);
        assert!(
            matches!(broken, LeafError::Io { .. }),
            "{bytes:?}: {broken}"
        );
        let begins = format!(
            "get_usage: the exchange with 127.0.0.1:{} broke off: ",
            server.port
        );
        assert!(broken.text().starts_with(&begins), "{broken}");
        assert!(broken.text().len() > begins.len());
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let server = RecordingServer::json(
        r#"{"tag":"a","quic_ms":[1,{"x":null}],"tcp_ms":1.5,"udp_ms":null,"more":{}}"#,
    );
    let health = client(&server.url).get_outbound_health("a").await.unwrap();
    assert_eq!(
        health.to_string(),
        r#"{"tag":"a","tcp_ms":1.5,"udp_ms":null}"#
    );
}

#[tokio::test]
async fn missing_fields_are_none() {
    let server = RecordingServer::json("{}");
    let leaf = client(&server.url);
    let usage = leaf.get_usage("OUT").await.unwrap();
    assert_eq!((usage.bytes_sent, usage.bytes_recvd), (None, None));
    assert_eq!(leaf.get_logs(1, 0).await.unwrap().messages, None);
    assert_eq!(
        leaf.get_select_outbound_items("OUT")
            .await
            .unwrap()
            .outbounds,
        None
    );
    assert_eq!(leaf.check_connectivity().await.unwrap().tcp_ms, None);
    let server = RecordingServer::json("[{}]");
    let stats = client(&server.url).get_stats().await.unwrap();
    assert_eq!(stats[0].timings, None);
    assert!(!stats[0].send_completed);
}

#[tokio::test]
async fn an_answer_in_chunks_is_put_together() {
    let server = RecordingServer::chunked(&format!("[{STAT}]"), 7);
    let stats = client(&server.url).get_stats().await.unwrap();
    assert_eq!(stats[0].to_string(), STAT);
}

#[tokio::test]
async fn connections_are_kept_and_shared_by_clones() {
    let server = RecordingServer::json(r#"{"selected":"us-1"}"#);
    let leaf = client(&server.url);
    for _ in 0..20 {
        leaf.clone()
            .get_current_select_outbound_item("OUT")
            .await
            .unwrap();
        leaf.set_select_outbound_item("OUT", "us-1").await.unwrap();
    }
    assert_eq!(server.lines().len(), 40);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_server_that_ends_every_connection_is_no_trouble() {
    let server = BadServer::says(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"selected\":\"us-1\"}",
    );
    let leaf = client(&server.url);
    for _ in 0..20 {
        let reply = leaf.get_current_select_outbound_item("OUT").await.unwrap();
        assert_eq!(reply.selected.as_deref(), Some("us-1"));
    }

    // one that says so is not even tried again
    let server = BadServer::says("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    let leaf = client(&server.url);
    for _ in 0..20 {
        leaf.set_select_outbound_item("OUT", "us-1").await.unwrap();
    }
    assert_eq!(server.requests(), 20);
}

#[tokio::test]
async fn only_what_reads_is_asked_again_when_the_connection_ends_early() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"tcp_ms\":1.5";
    let server = BadServer::new(move |request, mut stream| {
        if request > 1 {
            let _gone = stream.write_all(answer.replace("13", "14").as_bytes());
            let _gone = stream.write_all(b"}");
        }
    });
    let reply = client(&server.url).check_connectivity().await.unwrap();
    assert_eq!(reply.tcp_ms, Some(1.5));
    assert_eq!(server.requests(), 2);

    let server = BadServer::says("");
    let broken = failure(client(&server.url).reload().await);
    assert!(matches!(broken, LeafError::Io { .. }));
    assert_eq!(server.requests(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_client_serves_many_tasks() {
    let reply = r#"{"tag":"a","tcp_ms":1.5,"udp_ms":null}"#;
    let server = RecordingServer::json(reply);
    let leaf = client(&server.url);
    let calls: Vec<_> = (0..300)
        .map(|i| {
            let leaf = leaf.clone();
            tokio::spawn(async move { leaf.get_outbound_health(&format!("node {i}")).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().to_string(), reply);
    }
    let mut lines = server.lines();
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), 300);
}

/// A kept connection belongs to the runtime that made it; the next one makes its own.
#[test]
fn one_client_outlives_a_tokio_runtime() {
    let server = RecordingServer::json(r#"{"tcp_ms":1.5}"#);
    let leaf = client(&server.url);
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let reply = runtime.block_on(leaf.check_connectivity()).unwrap();
        assert_eq!(reply.tcp_ms, Some(1.5));
    }
}

#[test]
fn clients_are_send_sync_and_clone() {
    fn check<T: Send + Sync + Clone + Debug + 'static>() {}
    check::<ApiClient>();
    check::<LeafError>();
    check::<LeafPreferences>();
}

#[test]
fn wrong_settings_are_refused_at_once() {
    for (wrong, text) in [
        (
            ApiClient::new("https://x"),
            "'https://x' is not a base URL such as http://127.0.0.1:10001",
        ),
        (
            ApiClient::from_port(0),
            "the port is 0; it must be 1 to 65535",
        ),
        (
            patient("http://x", Duration::ZERO).build(),
            "the timeout is 0ns; at least 1 ms",
        ),
        (
            ApiClient::builder("http://x")
                .connect_timeout(Duration::from_micros(999))
                .build(),
            "the timeout is 999µs; at least 1 ms",
        ),
        (
            ApiClient::builder("http://x").max_connections(0).build(),
            "max_connections is 0; at least 1",
        ),
    ] {
        let wrong = failure(wrong);
        assert!(matches!(wrong, LeafError::Invalid { .. }));
        assert_eq!(wrong.text(), text);
    }
    assert_eq!(
        ApiClient::from_port(9).unwrap().base_url(),
        "http://127.0.0.1:9"
    );
}
