"""The rows that move traffic through clients that stay up: bulk, connections, echoes, datagrams."""
import sys
import tempfile
import pathlib

import scenarios
from programs import BenchError, load, started

# What each work's answer is noted as: the row behind the section's name, and the field.
NOTED = {
    "down": (("down", "cpu_s_per_gib"), ("down/gbit", "gbit_per_s")),
    "up": (("up", "cpu_s_per_gib"), ("up/gbit", "gbit_per_s")),
    "connect": (("connect", "cpu_us_per_op"),),
    "echo": (("echo", "cpu_us_per_op"),),
    "udp": (("udp", "cpu_us_per_op"),),
}
# Compiled ahead, the peers are warm at once; Java compiles itself as it runs.
WARM_PEER_CONNECTIONS = 500


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Traffic:
    """One section: its server, its clients, and the works they do by turns."""

    def __init__(self, section, works, figures, settings, generator, peers):
        self.section, self.works, self.figures, self.settings = section, works, figures, settings
        self.generator, self.peers = generator, peers
        self.scenario = scenarios.SCENARIOS[section]

    def fail(self, work, program, why):
        for row, _ in NOTED[work]:
            self.figures.fail(f"{self.section}/{row}", program, str(why))
        say(f"{self.section}: FAILED: {why}")

    def broken(self, work, program):
        return self.figures.failed(f"{self.section}/{NOTED[work][0][0]}", program)

    def do(self, program, work, *arguments):
        """The answer, or None when it failed, which is kept as this work's failure."""
        if self.broken(work, program.name):
            return None
        try:
            more = arguments or self.settings.arguments(work, plain=self.scenario.server is None)
            return load(self.generator, program, work, *more)
        except BenchError as e:
            self.fail(work, program.name, e)
            return None

    def run(self):
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            running = []
            try:
                tls = scenarios.certificate(work) if self.section == "trojan-tls" else None
                if self.scenario.server:
                    running += started([scenarios.server(self.scenario, self.peers, work, tls)])
                clients = []
                for name in scenarios.names(self.scenario, self.peers):
                    server_port = running[0].port if self.scenario.server else 0
                    client = scenarios.client(name, self.scenario, self.peers, work, tls, server_port)
                    running.append(client)
                    try:
                        client.wait()
                        clients.append(client)
                    except BenchError as e:
                        for work_name in self.works:
                            self.fail(work_name, name, e)
                self.warm(clients)
                self.measure(clients)
            finally:
                for program in running:
                    program.stop()

    def warm(self, clients):
        for client in clients:
            say(f"{self.section}: warming up {client.name}")
            count = self.settings.warm_connections if client.name == "leaf" else WARM_PEER_CONNECTIONS
            try:
                load(self.generator, client, "connect", "-count", str(count))
            except BenchError as e:  # a work that needs them will fail by itself
                say(f"{self.section}: warming up: {e}")
            for work in self.works:
                if work != "connect":
                    self.do(client, work)

    def measure(self, clients):
        for turn in range(self.settings.rounds):
            for work in self.works:
                told = []
                for client in clients:
                    answer = self.do(client, work)
                    if answer is None:
                        continue
                    for row, field in NOTED[work]:
                        self.figures.note(f"{self.section}/{row}", client.name, answer[field])
                    told.append(f"{client.name} {answer[NOTED[work][0][1]]:.2f}")
                say(f"{self.section}: {turn + 1}/{self.settings.rounds} {work}: {', '.join(told)}")
