"""Starting, asking and stopping what is measured, and the load generator that does the work."""
import json
import os
import pathlib
import re
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60
# A hung proxy ends its work instead of keeping the machine.
LOAD_TIMEOUT_S = 120
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class BenchError(Exception):
    """Something that was to be measured could not be."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return str(path)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def rss_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchError(f"process {pid} has no memory")


class Program:
    """A program that runs until it is stopped, whose log is told when it fails."""

    def __init__(self, name, command, port, work, environment=None):
        self.name, self.port = name, port
        self.log = work / (name.replace(" ", "-") + ".log")
        self.began = time.monotonic()
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)

    def wait(self):
        """Until its port answers; the seconds since it was started."""
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() - self.began > START_TIMEOUT_S:
                self.stop()
                raise BenchError(f"{self.name} does not start: {self.last_words()}")
            time.sleep(0.002)
        return time.monotonic() - self.began

    def last_words(self):
        lines = COLOURS.sub("", self.log.read_text(errors="replace")).strip().splitlines()
        return f"{self.name} said: {lines[-1][-200:]}" if lines else f"{self.name} said nothing"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def started(programs):
    """Waits for all; stops all when one does not start."""
    try:
        for program in programs:
            program.wait()
    except BaseException:
        for program in programs:
            program.stop()
        raise
    return programs


def load(generator, program, work, *arguments):
    """Puts the work on the program; what the load generator measured."""
    command = [generator, "-socks", f"127.0.0.1:{program.port}", "-pid", str(program.process.pid), "-work", work]
    try:
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=LOAD_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{work} through {program.name} took more than {LOAD_TIMEOUT_S} s") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[0]
        raise BenchError(f"{work} through {program.name} failed: {said}; {program.last_words()}")
    return json.loads(done.stdout)


class Checks:
    """A load generator that answers health checks."""

    def __init__(self, generator):
        self.process = subprocess.Popen([generator, "-work", "serve"], stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())
        self.http, self.dns = ports["http"], ports["dns"]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def is_ci():
    return os.environ.get("CI") == "true"
