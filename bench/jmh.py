"""The pieces of the hot paths by JMH: builds leaf-bench, runs it and reads what each piece allocates."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from programs import ROOT, BenchError
from traffic import say

LIMITS = pathlib.Path(__file__).with_name("allocations.json")
BUILD_TIMEOUT_S = 600
RUN_TIMEOUT_S = 300
# Compiled before it goes on, so that on a busy machine too what is measured is compiled code.
BOTH = ["-f", "1", "-jvmArgsAppend", "-Xbatch", "-prof", "gc", "-foe", "true", "-rf", "json"]
# warm-up and measuring iterations, the time of each
FULL = ["-wi", "2", "-w", "500ms", "-i", "3", "-r", "300ms"]
# Enough for what is allocated, which does not depend on time once the compiler is done; not for times.
QUICK = ["-wi", "2", "-w", "400ms", "-i", "1", "-r", "200ms"]


class Piece:
    """One benchmark: nanoseconds and bytes of garbage for each call, and how many it may be."""

    def __init__(self, name, nanos, allocated, limit):
        self.name, self.nanos, self.bytes, self.limit = name, nanos, allocated, limit

    def holds(self):
        return self.bytes <= self.limit


def java_home():
    """The Java that ./leaf would run on, from what its own JVM says."""
    said = subprocess.run(
        [str(ROOT / "leaf"), "--version"], capture_output=True, text=True, timeout=BUILD_TIMEOUT_S,
        env={**os.environ, "LEAF_JAVA_OPTS": "-XshowSettings:properties"})
    home = re.search(r"java\.home = (.*)", said.stderr + said.stdout)
    if not home:
        raise BenchError(f"./leaf does not start: {said.stderr[-500:]}")
    return home.group(1).strip()


def build(java):
    # Maven adds to this folder only: jars of other versions would stay and might win.
    shutil.rmtree(ROOT / "leaf-bench" / "target" / "lib", ignore_errors=True)
    environment = {**os.environ, "JAVA25_HOME": java}
    if not environment.get("JAVA_HOME") and not shutil.which("java"):
        environment["JAVA_HOME"] = java  # Maven needs some Java of its own, as ./leaf knows
    if not shutil.which("mvn"):
        raise BenchError("leaf-bench needs Maven (mvn) to be built; install it")
    done = subprocess.run(
        ["mvn", "-B", "-q", "-Pbench", "-Dmaven.test.skip=true", "-Dstyle.color=never", "-pl", "leaf-bench", "-am",
         "package"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S)
    if done.returncode:
        raise BenchError("leaf-bench does not build:\n" + done.stdout[-3000:])


def name_of(result):
    """Class.method, with the values of its parameters."""
    values = ",".join((result.get("params") or {}).values())
    return ".".join(result["benchmark"].split(".")[-2:]) + (f"({values})" if values else "")


def read(results, limits):
    """The pieces in JMH's own JSON; each needs a limit, and each limit a piece."""
    pieces = []
    for result in results:
        name = name_of(result)
        if name not in limits:
            raise BenchError(f"{name} has no limit in {LIMITS.name}; add one")
        allocated = result["secondaryMetrics"]["gc.alloc.rate.norm"]["score"]
        pieces.append(Piece(name, result["primaryMetric"]["score"], allocated, limits[name]))
    gone = limits.keys() - {p.name for p in pieces}
    if gone:
        raise BenchError(f"{LIMITS.name} has limits for pieces that did not run: {', '.join(sorted(gone))}")
    return pieces


def measure(figures, settings):
    java = java_home()
    say("jmh: building leaf-bench")
    build(java)
    with tempfile.TemporaryDirectory() as folder:
        answer = pathlib.Path(folder) / "jmh.json"
        command = [f"{java}/bin/java", "-cp", f"{ROOT}/leaf-bench/target/classes:{ROOT}/leaf-bench/target/lib/*",
                   "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                   "org.openjdk.jmh.Main", *BOTH, "-rff", str(answer), *(QUICK if settings.quick else FULL)]
        say("jmh: running")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=RUN_TIMEOUT_S)
        if done.returncode or not answer.exists():
            raise BenchError("JMH failed:\n" + (done.stdout + done.stderr)[-3000:])
        figures.pieces = read(json.loads(answer.read_text()), json.loads(LIMITS.read_text()))
