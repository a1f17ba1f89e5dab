"""How cost grows: with connections held, and with nodes whose health is checked."""
import pathlib
import tempfile
import time

import rest
import scenarios
from programs import BenchError, Checks, answers, free_port, load, started
from traffic import say

HEALTH_STREAMS = 8
HEALTH_PACE_MS = 2
API_TIMEOUT_S = 30
# Few nodes cost less than a tick of the clock that CPU is told by: so many checks are one measurement.
CHECKS_MEASURED = 60


def connections(figures, settings, generator, peers):
    """What each connection takes and each echo costs while so many are open."""
    growth = figures.growth.setdefault("connections", {})
    for count in settings.growth:
        told = []
        for name in settings.fresh(scenarios.names(rest.DIRECT, peers)):
            try:
                held = rest.hold(name, count, settings.growth_echoes, generator, peers)
            except BenchError as e:
                figures.fail("connections/echo", name, str(e))
                say(f"connections: FAILED: {e}")
                continue
            growth.setdefault(name, {})[count] = held
            told.append(f"{name} {held['kib_each']:.1f} KiB {held['echo_cpu_us']:.1f} us")
        say(f"connections: {count} open: {', '.join(told)}")
    first, last = settings.growth[0], settings.growth[-1]
    for name, sizes in growth.items():
        if first in sizes and last in sizes:
            figures.note("connections/echo", name, sizes[last]["echo_cpu_us"] / max(sizes[first]["echo_cpu_us"], 0.1))
        if last in sizes:
            figures.note("connections/returned", name, sizes[last]["rss_after_mib"] / sizes[last]["rss_before_mib"])


class Nodes:
    """A Leaf with many nodes, all at one server, in a group of each size, that checks them at ours."""

    def __init__(self, sizes, generator, peers, work, checks):
        self.count, self.generator, self.checks = sizes[-1], generator, checks
        scenario = scenarios.SCENARIOS["ss-aes-256-gcm"]
        self.api = free_port()
        self.server = scenarios.server(scenario, peers, work, None)
        nodes = "".join(f"n{i} = {scenario.leaf(self.server.port, None)}\n" for i in range(self.count))
        # Asked for only: rounds of the groups' own must not fall into what is measured.
        groups = "".join(f"G{n} = failover, {', '.join(f'n{i}' for i in range(n))}, "
                         "health-check=false, health-check-delay=0\n" for n in sizes)
        self.leaf = scenarios.leaf(
            free_port(), "node = direct\n" + nodes, work, rest=f"[Proxy Group]\n{groups}",
            general=f"api-port = {self.api}\nhealth-check-url = http://127.0.0.1:{checks.http}/generate_204\n"
                    f"health-check-dns = 127.0.0.1:{checks.dns}/www.example.com\n")

    def __enter__(self):
        started([self.server, self.leaf])
        end = time.monotonic() + API_TIMEOUT_S
        while not answers(self.api):  # it comes after the SOCKS port
            if time.monotonic() > end:
                self.__exit__()
                raise BenchError(f"the API of {self.leaf.name} does not answer: {self.leaf.last_words()}")
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.leaf.stop()
        self.server.stop()

    def rounds(self, size, rounds):
        """CPU microseconds that checking a node takes, in rounds of so many nodes one after the other."""
        return load(self.generator, self.leaf, "round", "-count", str(size), "-rounds", str(rounds), "-group", f"G{size}",
                    "-api", f"127.0.0.1:{self.api}", "-probed", f"127.0.0.1:{self.checks.http}")["cpu_us_per_op"]

    def echo(self, seconds, checked, direct=False):
        """Echoes that leave the machine time, while all nodes are checked every second or not.

        Direct ones pass by Leaf: what the checks do to them is the machine's doing, which is busy then.
        """
        count = int(seconds * 1000 / HEALTH_PACE_MS) * HEALTH_STREAMS
        more = ["-health-nodes", str(self.count), "-api", f"127.0.0.1:{self.api}"] if checked else []
        more += ["-socks", ""] if direct else []
        return load(self.generator, self.leaf, "echo", "-count", str(count), "-streams", str(HEALTH_STREAMS),
                    "-pace", f"{HEALTH_PACE_MS}ms", *more)


def nodes(figures, settings, generator, peers):
    """What a round of health checks costs, and what it does to the traffic meanwhile."""
    checks = Checks(generator)
    try:
        with tempfile.TemporaryDirectory() as folder, \
                Nodes(settings.nodes, generator, peers, pathlib.Path(folder), checks) as it:
            it.rounds(it.count, -(-settings.warm_connections // it.count // 2))  # two connections a check
            growth = figures.growth.setdefault("nodes", {}).setdefault("leaf", {})
            for size in settings.nodes:
                repeats = -(-CHECKS_MEASURED // size)
                each = min(it.rounds(size, repeats) for _ in range(settings.rounds))
                growth[size] = {"round_ms": each * size / 1000, "each_us": each}
                say(f"nodes: {size}: {each * size / 1000:.1f} ms CPU a round, {each:.0f} us each")
            figures.note("nodes/round", "leaf", growth[it.count]["each_us"])
            p99(figures, settings, it)
    except BenchError as e:
        for key in ("nodes/round", "nodes/p99"):
            if figures.of(key, "leaf") is None:
                figures.fail(key, "leaf", str(e))
        say(f"nodes: FAILED: {e}")
    finally:
        checks.stop()


def p99(figures, settings, it):
    seconds = settings.health_seconds
    it.echo(seconds, True)  # warms both up
    told = {"alone_us": [], "beside_us": [], "direct_alone_us": [], "direct_beside_us": []}
    for turn in range(settings.rounds):
        for name, checked, direct in (("alone_us", False, False), ("beside_us", True, False),
                                      ("direct_alone_us", False, True), ("direct_beside_us", True, True)):
            answer = it.echo(seconds, checked, direct)
            told[name].append(answer["p99_us"])
            if answer.get("health", {}).get("failures"):
                say(f"nodes: {answer['health']['failures']} checks failed meanwhile")
        say(f"nodes: {turn + 1}/{settings.rounds} p99 " + ", ".join(f"{k} {v[-1]:.0f}" for k, v in told.items())
            + f"; the slowest check of {it.count} nodes took {answer['health']['slowest_s']:.1f} s")
        figures.note("nodes/p99", "leaf", told["beside_us"][-1] / told["alone_us"][-1])
        figures.note("nodes/p99", "past Leaf", told["direct_beside_us"][-1] / told["direct_alone_us"][-1])
    figures.growth["p99"] = {"leaf": {it.count: {name: min(values) for name, values in told.items()}}}
