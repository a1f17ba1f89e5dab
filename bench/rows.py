"""The rows of the bench and what Leaf goes for in each."""
from figures import MORE, Goal, Row

CPU = "CPU s/GiB"
EACH = "CPU us each"

# Sections are what may be named on the command line, in the order in which they run.
SECTIONS = {
    "start": "Start and memory at rest",
    "direct": "SOCKS5 in, straight to the destination",
    "idle": "Connections at rest",
    "ss-aes-256-gcm": "Shadowsocks client, aes-256-gcm",
    "ss-chacha20-poly1305": "Shadowsocks client, chacha20-poly1305",
    "trojan-tls": "Trojan client over TLS 1.3",
    "vmess-aes-128-gcm": "VMess client, aes-128-gcm",
    "tun": "TUN, MTU 1500",
    "connections": "How cost grows with connections",
    "nodes": "Health checks",
    "jmh": "Pieces, by JMH",
}
# The works of each section that moves traffic through proxies that stay up.
WORKS = {
    "direct": ["down", "up", "connect", "echo", "udp"],
    "ss-aes-256-gcm": ["down", "up"],
    "ss-chacha20-poly1305": ["down", "up"],
    "trojan-tls": ["down", "up", "connect"],
    "vmess-aes-128-gcm": ["down", "up"],
}


def bulk(section, down, up, throughput=()):
    return [
        Row(f"{section}/down", "download", CPU, down),
        Row(f"{section}/up", "upload", CPU, up),
        Row(f"{section}/down/gbit", "download", "Gbit/s", throughput, MORE, 1),
        Row(f"{section}/up/gbit", "upload", "Gbit/s", throughput, MORE, 1),
    ]


def rows(settings):
    """All rows, by section."""
    last, first = settings.growth[-1], settings.growth[0]
    return {
        "start": [
            Row("start/socks", "./leaf run until the SOCKS port answers", "ms", [Goal(250, None)], digits=0),
            Row("start/java", "the same without the launcher", "ms", [Goal(250, None)], digits=0),
            Row("start/rss", "memory at rest (RSS)", "MiB", [Goal(100, None)], digits=0),
        ],
        "direct": [
            *bulk("direct", [Goal(1.0)], [Goal(1.0)], [Goal(1.0)]),
            Row("direct/connect", "new connection", EACH, [Goal(0.65, "sing-box")], digits=0),
            Row("direct/echo", "echo of 64 B, 8 streams", EACH, [Goal(0.8)], digits=1),
            Row("direct/udp", "UDP echo of 512 B", EACH, [Goal(0.65)], digits=1),
        ],
        "idle": [Row("idle/kib", "idle connection", "KiB each", [Goal(0.5, "sing-box")], digits=1, median=True)],
        "ss-aes-256-gcm": bulk(
            "ss-aes-256-gcm", [Goal(0.65, "sing-box"), Goal(0.75, "ss-rust")],
            [Goal(0.65, "sing-box"), Goal(0.7, "ss-rust")]),
        "ss-chacha20-poly1305": bulk("ss-chacha20-poly1305", [Goal(0.85)], [Goal(0.85)]),
        "trojan-tls": [
            *bulk("trojan-tls", [Goal(0.95)], [Goal(0.95)]),
            Row("trojan-tls/connect", "new connection", EACH, [Goal(0.45, "sing-box")], digits=0),
        ],
        "vmess-aes-128-gcm": bulk("vmess-aes-128-gcm", [Goal(0.9)], [Goal(0.9)]),
        "tun": [
            Row("tun/up/gbit", "up, 4 streams", "Gbit/s", [Goal(3.5)], MORE),
            Row("tun/up", "up, 4 streams", CPU, [Goal(0.25)]),
            Row("tun/down/gbit", "down, 4 streams", "Gbit/s", [Goal(3.5)], MORE),
            Row("tun/down", "down, 4 streams", CPU, [Goal(0.25)]),
            Row("tun/up-1/gbit", "up, 1 stream", "Gbit/s", [Goal(3.5)], MORE),
            Row("tun/up-1", "up, 1 stream", CPU, [Goal(0.25)]),
            Row("tun/down-1/gbit", "down, 1 stream", "Gbit/s", [Goal(3.5)], MORE),
            Row("tun/down-1", "down, 1 stream", CPU, [Goal(0.25)]),
            Row("tun/udp/rate", "UDP up, 1200 B, as they arrive", "kpacket/s", better=MORE, digits=1),
            Row("tun/udp", "UDP up, 1200 B", "CPU us/packet", digits=1),
            Row("tun/udp-down/rate", "UDP down, 1200 B, as they arrive", "kpacket/s", better=MORE, digits=1),
            Row("tun/udp-down", "UDP down, 1200 B", "CPU us/packet", digits=1),
        ],
        "connections": [
            Row("connections/echo", f"echo with {last} connections open / with {first}", "ratio", of=None),
            Row("connections/returned", f"RSS after {last} connections / before", "ratio", [Goal(1.1, None)]),
        ],
        "nodes": [
            Row("nodes/round", f"health check of a node, in a round of {settings.nodes[-1]}", EACH, digits=0, of=None),
            Row("nodes/p99", f"p99 of an echo while {settings.nodes[-1]} nodes are checked / while not",
                "ratio", [Goal(1.2, None)], median=True),
        ],
        "jmh": [],
    }
