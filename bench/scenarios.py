"""What Leaf and its peers are told in each scenario: the same client work, each in its own words."""
import subprocess

from programs import ROOT, Program, free_port, write

PASSWORD = "benchmark-password"
UUID = "b831381d-6324-4d53-ad4f-8cda48b30811"
NAME = "bench.example"


class Scenario:
    """A protocol; `server` is the sing-box inbound of all clients, None to go straight.

    What each client is told takes the server's port and the path of the certificate, without ending.
    """

    def __init__(self, leaf, sing_box, xray, server=None, more=None):
        self.leaf, self.sing_box, self.xray, self.server = leaf, sing_box, xray, server
        self.more = more or {}  # name: (the command of port, server's port and folder)


def ray_config(port, outbound):
    """What Xray and v2ray understand alike."""
    return {
        "log": {"loglevel": "error", "access": "none"},
        "inbounds": [{"listen": "127.0.0.1", "port": port, "protocol": "socks",
                      "settings": {"auth": "noauth", "udp": True, "ip": "127.0.0.1"}}],
        "outbounds": [outbound]}


def v2ray(peers, port, server_port, work):
    return [peers["v2ray"], "-config", write(work / "v2ray.json", ray_config(port, {"protocol": "freedom"}))]


def ss_libev(method):
    return lambda peers, port, server_port, work: [
        peers["ss-libev"], "-s", "127.0.0.1", "-p", str(server_port), "-b", "127.0.0.1", "-l", str(port),
        "-k", PASSWORD, "-m", method]


def ss_rust(method):
    return lambda peers, port, server_port, work: [
        peers["ss-rust"], "-b", f"127.0.0.1:{port}", "-s", f"127.0.0.1:{server_port}", "-m", method, "-k", PASSWORD]


def shadowsocks(method):
    same = {"type": "shadowsocks", "method": method, "password": PASSWORD}
    return Scenario(
        leaf=lambda port, tls: f"ss, 127.0.0.1, {port}, {method}, {PASSWORD}",
        sing_box=lambda tls: same,
        xray=lambda port, tls: {"protocol": "shadowsocks", "settings": {"servers": [
            {"address": "127.0.0.1", "port": port, "method": method, "password": PASSWORD}]}},
        server=lambda tls: same,
        more={"ss-libev": ss_libev(method), "ss-rust": ss_rust(method)})


SCENARIOS = {
    "direct": Scenario(
        leaf=lambda port, tls: "direct",
        sing_box=lambda tls: {"type": "direct"},
        xray=lambda port, tls: {"protocol": "freedom"},
        more={"v2ray": v2ray}),
    "ss-aes-256-gcm": shadowsocks("aes-256-gcm"),
    "ss-chacha20-poly1305": shadowsocks("chacha20-ietf-poly1305"),
    "trojan-tls": Scenario(
        leaf=lambda port, tls: f"trojan, 127.0.0.1, {port}, {PASSWORD}, sni={NAME}, tls-cert=bench",
        sing_box=lambda tls: {"type": "trojan", "password": PASSWORD, "tls": {
            "enabled": True, "server_name": NAME, "certificate_path": tls + ".pem"}},
        xray=lambda port, tls: {
            "protocol": "trojan",
            "settings": {"servers": [{"address": "127.0.0.1", "port": port, "password": PASSWORD}]},
            "streamSettings": {"network": "raw", "security": "tls", "tlsSettings": {
                "serverName": NAME, "disableSystemRoot": True,
                "certificates": [{"usage": "verify", "certificateFile": tls + ".pem"}]}}},
        server=lambda tls: {"type": "trojan", "users": [{"name": "bench", "password": PASSWORD}], "tls": {
            "enabled": True, "server_name": NAME, "certificate_path": tls + ".pem", "key_path": tls + ".key"}}),
    "vmess-aes-128-gcm": Scenario(
        leaf=lambda port, tls: f"vmess, 127.0.0.1, {port}, {UUID}, security=aes-128-gcm, tls=false",
        sing_box=lambda tls: {"type": "vmess", "uuid": UUID, "security": "aes-128-gcm", "alter_id": 0},
        xray=lambda port, tls: {"protocol": "vmess", "settings": {"vnext": [
            {"address": "127.0.0.1", "port": port, "users": [{"id": UUID, "security": "aes-128-gcm"}]}]}},
        server=lambda tls: {"type": "vmess", "users": [{"name": "bench", "uuid": UUID, "alterId": 0}]}),
}


def certificate(work):
    """Makes a certificate and its key for the servers; their path without ending."""
    path = str(work / "tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", path + ".key", "-out", path + ".pem"], check=True, stderr=subprocess.DEVNULL)
    return path


def server(scenario, peers, work, tls):
    """The sing-box that all clients of the scenario talk to."""
    port = free_port()
    config = write(work / "server.json", {
        "log": {"level": "error"}, "outbounds": [{"type": "direct"}],
        "inbounds": [{**scenario.server(tls), "listen": "127.0.0.1", "listen_port": port}]})
    return Program("server", [peers["sing-box"], "run", "-c", config], port, work)


def names(scenario, peers):
    """The clients that there are, Leaf first."""
    known = ["sing-box", "xray", *scenario.more]
    return ["leaf", *(name for name in known if name in peers)]


def client(name, scenario, peers, work, tls, server_port=0):
    """Starts the client of this name; its SOCKS port may not answer yet."""
    port = free_port()
    if name == "leaf":
        return leaf(port, f"node = {scenario.leaf(server_port, tls)}", work, tls)
    if name == "sing-box":
        outbound = scenario.sing_box(tls)
        if scenario.server:
            outbound = {**outbound, "server": "127.0.0.1", "server_port": server_port}
        command = [peers[name], "run", "-c", write(work / "sing-box.json", {
            "log": {"level": "error"},
            "inbounds": [{"type": "socks", "listen": "127.0.0.1", "listen_port": port}],
            "outbounds": [outbound]})]
    elif name == "xray":
        command = [peers[name], "run", "-c",
                   write(work / "xray.json", ray_config(port, scenario.xray(server_port, tls)))]
    else:
        command = scenario.more[name](peers, port, server_port, work)
    return Program(name, command, port, work)


def leaf(port, nodes, work, tls=None, general="", rest=""):
    """Starts Leaf as users do, with these lines of nodes; the first takes all traffic."""
    conf = (f"[General]\nloglevel = error\nsocks-interface = 127.0.0.1\nsocks-port = {port}\n"
            + (general or "api-port = 0\n") + f"[Proxy]\n{nodes}\n{rest}")
    if tls:
        with open(tls + ".pem", encoding="ascii") as pem:
            conf += f"[Certificate.bench]\n{pem.read()}"
    return Program("leaf", [str(ROOT / "leaf"), "run", "--home", str(work / "home"), "-c",
                            write(work / "leaf.conf", conf)], port, work)
