"""TUN of Leaf beside sing-box's stacks. Needs root, ip, iperf3 and a TUN device.

Everything happens in two network namespaces that the bench makes itself: one whose default route the proxies
take over, and one with an iperf3. Nothing reaches the machine's network.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import scenarios
from programs import ROOT, BenchError
from settings import from_environment
from traffic import say

MTU = from_environment("BENCH_TUN_MTU", 1500)
SERVER = "198.51.100.1"
START_TIMEOUT_S = 90
MORE_S = 20
PAUSE_S = 1
# A large buffer where they arrive, so that what is measured is not how long the receiver was off its processor.
UDP = ["-u", "-b", os.environ.get("BENCH_TUN_UDP", "600M"), "-l", "1200", "-w", "4M"]
UDP_WORKS = {"tun/udp": UDP, "tun/udp-down": [*UDP, "-R"]}
WORKS = {"tun/up": ["-P", "4"], "tun/down": ["-P", "4", "-R"], "tun/up-1": [], "tun/down-1": ["-R"]}
HOST = f"lb{os.getpid() % 100000}"
INSIDE, OUTSIDE = HOST + "l", HOST + "s"
TICKS = os.sysconf("SC_CLK_TCK")
GIB = 1 << 30


def missing():
    """What this machine lacks for these rows, or None."""
    if os.geteuid() != 0:
        return "the TUN rows need root"
    for program in ("ip", "iperf3"):
        if not shutil.which(program):
            return f"the TUN rows need {program}"
    if not os.path.exists("/dev/net/tun"):
        return "the TUN rows need /dev/net/tun"
    return None


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def inside(host, *command):
    return ["ip", "netns", "exec", host, *command]


def build():
    for host in (INSIDE, OUTSIDE):
        run("ip", "netns", "add", host)
        run("ip", "-n", host, "link", "set", "lo", "up")
    run("ip", "-n", INSIDE, "link", "add", "out", "type", "veth", "peer", "name", "in", "netns", OUTSIDE)
    run("ip", "-n", INSIDE, "addr", "add", "10.9.0.1/24", "dev", "out")
    run("ip", "-n", OUTSIDE, "addr", "add", "10.9.0.2/24", "dev", "in")
    run("ip", "-n", INSIDE, "link", "set", "out", "up")
    run("ip", "-n", OUTSIDE, "link", "set", "in", "up")
    run("ip", "-n", OUTSIDE, "addr", "add", SERVER + "/32", "dev", "lo")
    run("ip", "-n", INSIDE, "route", "add", "default", "via", "10.9.0.2")


def remove():
    for host in (INSIDE, OUTSIDE):
        subprocess.run(["ip", "netns", "del", host], capture_output=True)


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Proxy:
    """A program that is started afresh for each turn and leads the namespace's traffic to its device."""

    def __init__(self, name, command, device):
        self.name, self.command, self.device = name, command, device

    def start(self, work):
        self.log = open(work / f"{self.name.replace(' ', '-')}.log", "w")
        self.process = subprocess.Popen(inside(INSIDE, *self.command), stdout=self.log, stderr=self.log)
        end = time.monotonic() + START_TIMEOUT_S
        while not self.leads():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                said = pathlib.Path(self.log.name).read_text()[-500:].replace("\n", " / ")
                raise BenchError(f"{self.name} does not start: {said}")
            time.sleep(0.1)

    def leads(self):
        way = subprocess.run(inside(INSIDE, "ip", "route", "get", SERVER), capture_output=True, text=True).stdout
        return self.device in way and self.serves()

    def serves(self):
        command = inside(INSIDE, "iperf3", "-c", SERVER, "-n", "1K")
        try:
            return subprocess.run(command, capture_output=True, timeout=MORE_S).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def measure(self, seconds, arguments):
        before = cpu(self.process.pid)
        command = inside(INSIDE, "iperf3", "-J", "-c", SERVER, "-t", str(seconds), *arguments)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + MORE_S)
        except subprocess.TimeoutExpired:
            raise BenchError(f"{self.name}: iperf3 did not end") from None
        told = json.loads(done.stdout)
        if "error" in told:
            raise BenchError(f"{self.name}: iperf3: {told['error']}")
        return told["end"], cpu(self.process.pid) - before


def leaf(work):
    config = work / "leaf.conf"
    config.write_text(f"""[General]
loglevel = warn
api-port = 0
tun = utun233, 192.168.233.2, 255.255.255.0, 192.168.233.1, {MTU}
auto-route = true
[Proxy]
direct = direct
""")
    # ./leaf executes Java, so the process that is started is the one that is measured.
    return Proxy("leaf", [str(ROOT / "leaf"), "run", "--home", str(work / "home"), "-c", str(config)], "utun233")


def sing_box(program, stack, work):
    config = scenarios.write(work / f"sing-box-{stack}.json", {
        "log": {"level": "error"},
        "inbounds": [{"type": "tun", "tag": "tun", "interface_name": "sb0", "address": ["172.19.0.1/30"],
                      "mtu": MTU, "auto_route": True, "stack": stack}],
        "outbounds": [{"type": "direct", "tag": "direct"}],
        "route": {"auto_detect_interface": True}})
    return Proxy(f"sing-box {stack}", [program, "run", "-c", config], "sb0")


def turn(proxy, work, figures, settings):
    """One turn of one proxy, from its start to its end."""
    proxy.start(work)
    try:
        for key, arguments in WORKS.items():
            attempt(figures, proxy, (key, key + "/gbit"), lambda: streams(proxy, figures, settings, key, arguments))
        for key, arguments in UDP_WORKS.items():
            attempt(figures, proxy, (key, key + "/rate"), lambda: datagrams(proxy, figures, settings, key, arguments))
    finally:
        proxy.stop()


def attempt(figures, proxy, keys, measured):
    """Does the work unless it has failed in an earlier turn; a failure is kept and told.

    Once it is tried again, which is told too: iperf3's server takes one client at a time and may still be at
    the last one.
    """
    if figures.failed(keys[0], proxy.name):
        return
    for again in (True, False):
        try:
            measured()
            return
        except BenchError as e:
            say(f"tun: FAILED: {e}")
            if again:
                figures.skipped.append(f"{keys[0]}, tried again after a failure: {e}")
                time.sleep(PAUSE_S)
            else:
                for key in keys:
                    figures.fail(key, proxy.name, str(e))


def warm(proxy, settings, arguments):
    """Java compiles itself as it runs; the others are compiled."""
    proxy.measure(settings.tun_warm if proxy.name == "leaf" else 1, arguments)


def streams(proxy, figures, settings, key, arguments):
    warm(proxy, settings, arguments)
    told, spent = proxy.measure(settings.tun_seconds, arguments)
    got = told["sum_received"]
    if not got["bytes"]:
        raise BenchError(f"{proxy.name}: nothing arrived of {key}")
    figures.note(key + "/gbit", proxy.name, got["bytes"] * 8 / 1e9 / got["seconds"])
    figures.note(key, proxy.name, spent / (got["bytes"] / GIB))


def datagrams(proxy, figures, settings, key, arguments):
    warm(proxy, settings, arguments)
    told, spent = proxy.measure(settings.tun_seconds, arguments)
    arrived = told["sum"]["packets"] - told["sum"]["lost_packets"]
    if arrived <= 0:
        raise BenchError(f"{proxy.name}: no datagram arrived")
    figures.note(key + "/rate", proxy.name, arrived / told["sum"]["seconds"] / 1e3)
    figures.note(key, proxy.name, spent * 1e6 / arrived)


def measure(figures, settings, peers):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        server = None
        try:
            build()
            server = subprocess.Popen(inside(OUTSIDE, "iperf3", "-s", "-B", SERVER), stdout=subprocess.DEVNULL)
            proxies = [leaf(work)]
            if "sing-box" in peers:
                proxies += [sing_box(peers["sing-box"], s, work) for s in settings.tun_stacks]
            for number in range(settings.tun_rounds):
                for proxy in proxies:
                    say(f"tun: {number + 1}/{settings.tun_rounds} {proxy.name}")
                    try:
                        turn(proxy, work, figures, settings)
                    except BenchError as e:  # it did not start
                        say(f"tun: FAILED: {e}")
                        for key in [k for k in figures.rows if k.startswith("tun/")]:
                            figures.fail(key, proxy.name, str(e))
        finally:
            if server:
                server.terminate()
                server.wait()
            remove()
