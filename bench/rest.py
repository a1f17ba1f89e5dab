"""Start, memory at rest, and what an idle connection takes: programs that are started afresh."""
import pathlib
import tempfile
import time

import scenarios
from programs import BenchError, Program, load, rss_mib
from traffic import say

SETTLE_S = 1
DIRECT = scenarios.SCENARIOS["direct"]


def start(figures, settings, peers):
    """From starting the program until its SOCKS port answers, and its memory a second later."""
    for turn in range(settings.starts):
        told = []
        for name in scenarios.names(DIRECT, peers):
            with tempfile.TemporaryDirectory() as folder:
                work = pathlib.Path(folder)
                program = scenarios.client(name, DIRECT, peers, work, None)
                try:
                    took = program.wait()
                    time.sleep(SETTLE_S)
                    figures.note("start/socks", name, took * 1000)
                    figures.note("start/rss", name, rss_mib(program.process.pid))
                    told.append(f"{name} {took * 1000:.0f} ms")
                    java = command_of(program) if name == "leaf" else None
                except BenchError as e:
                    java = None
                    for key in ("start/socks", "start/rss"):
                        figures.fail(key, name, str(e))
                finally:
                    program.stop()
                if java:
                    start_java(figures, java, program.port, work)
        say(f"start: {turn + 1}/{settings.starts}: {', '.join(told)}")


def command_of(program):
    """What ./leaf has become by now: the Java that it executes, and its environment."""
    of = pathlib.Path(f"/proc/{program.process.pid}")
    environment = dict(e.split("=", 1) for e in (of / "environ").read_text().split("\0") if "=" in e)
    return (of / "cmdline").read_text().rstrip("\0").split("\0"), environment


def start_java(figures, java, port, work):
    command, environment = java
    program = Program("leaf", command, port, work, environment)
    try:
        figures.note("start/java", "leaf", program.wait() * 1000)
    except BenchError as e:
        figures.fail("start/java", "leaf", str(e))
    finally:
        program.stop()


def idle(figures, settings, generator, peers):
    """What the memory of a program that has seen some connections grows by for each that is held."""
    for turn in range(settings.held_rounds):
        told = []
        for name in settings.fresh(scenarios.names(DIRECT, peers)):
            try:
                held = hold(name, settings.held, 0, generator, peers)
            except BenchError as e:
                figures.fail("idle/kib", name, str(e))
                say(f"idle: FAILED: {e}")
                continue
            figures.note("idle/kib", name, held["kib_each"])
            told.append(f"{name} {held['kib_each']:.1f} KiB")
        say(f"idle: {turn + 1}/{settings.held_rounds}: {', '.join(told)}")


def hold(name, count, echoes, generator, peers, warm=2000):
    """Starts the program, warms it up, lets it hold so many connections and tells what that took."""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        program = scenarios.client(name, DIRECT, peers, work, None)
        try:
            program.wait()
            load(generator, program, "connect", "-count", str(warm))
            load(generator, program, "echo", "-count", "4000", "-streams", "8")
            time.sleep(SETTLE_S)
            return load(generator, program, "hold", "-count", str(count), "-streams", str(min(count, 64)),
                        "-echoes", str(echoes))["held"]
        finally:
            program.stop()
