"""How cost grows: with connections held, and with nodes whose health is checked."""
import pathlib
import tempfile

import rest
import scenarios
from programs import BenchError, Checks, free_port, load, started
from traffic import say

HEALTH_STREAMS = 8
HEALTH_PACE_MS = 2


def connections(figures, settings, generator, peers):
    """What each connection takes and each echo costs while so many are open."""
    growth = figures.growth.setdefault("connections", {})
    for count in settings.growth:
        told = []
        for name in scenarios.names(rest.DIRECT, peers):
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
    """A Leaf with so many nodes in a group, all at one server, that checks them at ours."""

    def __init__(self, count, generator, peers, work, checks):
        self.count, self.generator, self.checks = count, generator, checks
        scenario = scenarios.SCENARIOS["ss-aes-256-gcm"]
        self.programs = started([scenarios.server(scenario, peers, work, None)])
        self.api = f"127.0.0.1:{free_port()}"
        nodes = "\n".join(f"n{i} = {scenario.leaf(self.programs[0].port, None)}" for i in range(count))
        members = ", ".join(f"n{i}" for i in range(count))
        self.leaf = scenarios.leaf(
            free_port(), "node = direct\n" + nodes, work,
            general=f"api-port = {self.api.split(':')[1]}\nhealth-check-url = http://127.0.0.1:{checks.http}"
                    f"/generate_204\nhealth-check-dns = 127.0.0.1:{checks.dns}/www.example.com\n",
            # Asked for only: its own rounds must not fall into what is measured.
            rest=f"[Proxy Group]\nALL = failover, {members}, health-check=false\n")
        self.programs.append(self.leaf)

    def __enter__(self):
        started(self.programs)
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.stop()

    def round(self):
        """CPU microseconds that a check of all members takes, for each."""
        return load(self.generator, self.leaf, "round", "-count", str(self.count), "-api", self.api,
                    "-group", "ALL", "-probed", f"127.0.0.1:{self.checks.http}")["cpu_us_per_op"]

    def echo(self, seconds, checked):
        """Echoes that leave the machine time, while all nodes are checked every second or not."""
        count = int(seconds * 1000 / HEALTH_PACE_MS) * HEALTH_STREAMS
        more = ["-health-nodes", str(self.count), "-api", self.api] if checked else []
        return load(self.generator, self.leaf, "echo", "-count", str(count), "-streams", str(HEALTH_STREAMS),
                    "-pace", f"{HEALTH_PACE_MS}ms", *more)


def nodes(figures, settings, generator, peers):
    """What a round of health checks costs, and what it does to the traffic meanwhile."""
    growth = figures.growth.setdefault("nodes", {}).setdefault("leaf", {})
    checks = Checks(generator)
    try:
        for count in settings.nodes:
            with tempfile.TemporaryDirectory() as folder, \
                    Nodes(count, generator, peers, pathlib.Path(folder), checks) as it:
                # few nodes cost less than a tick of the clock that CPU is told by: several rounds count as one
                repeats = max(1, 30 // count)
                it.round()
                each = min(sum(it.round() for _ in range(repeats)) / repeats for _ in range(settings.rounds))
                growth[count] = {"round_ms": each * count / 1000, "each_us": each}
                say(f"nodes: {count}: {each * count / 1000:.1f} ms CPU a round, {each:.0f} us each")
                if count == settings.nodes[-1]:
                    figures.note("nodes/round", "leaf", each)
                    p99(figures, settings, it)
    except BenchError as e:
        for key in ("nodes/round", "nodes/p99"):
            figures.fail(key, "leaf", str(e))
        say(f"nodes: FAILED: {e}")
    finally:
        checks.stop()


def p99(figures, settings, it):
    it.echo(settings.health_seconds, True)  # warms both up
    alone, beside = [], []
    for turn in range(settings.rounds):
        alone.append(it.echo(settings.health_seconds, False)["p99_us"])
        answer = it.echo(settings.health_seconds, True)
        beside.append(answer["p99_us"])
        say(f"nodes: p99 {alone[-1]:.0f} us, {beside[-1]:.0f} us beside {answer['health']['rounds']} checks of "
            f"{it.count} nodes, of which the slowest took {answer['health']['slowest_s']:.1f} s")
        figures.note("nodes/p99", "leaf", beside[-1] / alone[-1])
    figures.growth["p99"] = {"leaf": {it.count: {"alone_us": min(alone), "beside_us": min(beside)}}}
