"""How much work a run puts on the programs: full, or quick; the environment overrides."""
import math
import os
import resource
import sys


def from_environment(name, default):
    """The whole number that the variable holds, at least 1."""
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        sys.exit(f"bench: {name} is {text!r}, not a whole number from 1 on; correct or unset it")
    return int(text)


def open_files():
    """How many files each program of the run may have open; raises it as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return math.inf if hard == resource.RLIM_INFINITY else hard


def descriptors(connections):
    """What a proxy, and the load generator with both its ends, need for so many connections."""
    return 2 * connections + 500


class Settings:
    """Amounts of one run."""

    def __init__(self, quick):
        def amount(name, full, short):
            return from_environment(name, short if quick else full)

        self.quick = quick
        self.kind = "quick" if quick else "full"
        self.rounds = amount("BENCH_ROUNDS", 3, 2)
        # CPU time comes in ticks of 10 ms, so what is cheap is done more often.
        self.mib_plain = amount("BENCH_MIB", 2048, 512)
        self.mib_sealed = amount("BENCH_MIB", 512, 128)
        self.connections = amount("BENCH_CONNECTIONS", 3000, 800)
        self.echoes = amount("BENCH_ECHOES", 40000, 8000)
        self.datagrams = amount("BENCH_DATAGRAMS", 40000, 8000)
        self.warm_connections = amount("BENCH_WARM_CONNECTIONS", 20000, 3000)
        self.starts = amount("BENCH_STARTS", 5, 2)
        # Proxies in Go hold two pipes for each connection that they splice: six files, where 20,000 are usual.
        self.held = amount("BENCH_HELD", 3000, 3000)
        self.held_rounds = 1 if quick else self.rounds
        sizes = [10, 1000] if quick else [10, 100, 1000, 9000]
        self.growth = [n for n in sizes if descriptors(n) <= open_files()]
        # Those that programs started afresh for each figure are compared with; None: all.
        self.fresh_peers = ["sing-box"] if quick else None
        self.growth_left_out = [n for n in sizes if n not in self.growth]
        self.growth_echoes = amount("BENCH_GROWTH_ECHOES", 20000, 8000)
        self.nodes = [1, 300] if quick else [1, 10, 300]
        self.health_seconds = amount("BENCH_HEALTH_SECONDS", 4, 1)
        self.tun_seconds = amount("BENCH_TUN_SECONDS", 2, 1)
        self.tun_warm = amount("BENCH_TUN_WARM", 5, 3)
        self.tun_stacks = ["system", "gvisor"] if quick else ["system", "gvisor", "mixed"]
        self.tun_rounds = min(self.rounds, 1 if quick else 3)

    def fresh(self, names):
        """Which of these programs the sections that start them afresh for each figure measure."""
        return [n for n in names if n == "leaf" or self.fresh_peers is None or n in self.fresh_peers]

    def described(self):
        """What kind of run it is, and what of its amounts the environment has set."""
        own = " ".join(f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("BENCH_") and v)
        return f"{self.kind}, {self.rounds} rounds of which the best counts" + (f", {own}" if own else "")

    def arguments(self, work, plain):
        """What the load generator is told about the work."""
        if work in ("down", "up"):
            return ["-mib", str(self.mib_plain if plain else self.mib_sealed), "-streams", "4"]
        if work == "connect":
            return ["-count", str(self.connections), "-streams", "4"]
        if work == "echo":
            return ["-count", str(self.echoes), "-streams", "8"]
        if work == "udp":
            return ["-count", str(self.datagrams), "-streams", "4", "-size", "512"]
        raise ValueError(work)
