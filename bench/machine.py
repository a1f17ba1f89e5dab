"""What the run ran on, for whoever reads the figures."""
import datetime
import os
import pathlib
import platform
import re
import subprocess

import peers as known
from programs import ROOT


def first(path, pattern):
    try:
        match = re.search(pattern, pathlib.Path(path).read_text(), re.MULTILINE)
    except OSError:
        return None
    return match.group(1).strip() if match else None


def said(*command):
    """The first line that the command prints, or -."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "-"
    lines = done.stdout.splitlines()
    return lines[0].strip() if lines and done.returncode == 0 else "-"


def java_version():
    """Of the Java that ./leaf runs on: told by the log of its JVM at the start."""
    found = subprocess.run(
        [str(ROOT / "leaf"), "--version"], capture_output=True, text=True, timeout=600,
        env={**os.environ, "LEAF_JAVA_OPTS": (os.environ.get("LEAF_JAVA_OPTS", "") + " -showversion").strip()})
    version = re.search(r'version "([^"]+)"', found.stderr + found.stdout)
    return version.group(1) if version else "-"


def describe(peers):
    """Pairs of a name and what is to be said of it."""
    memory = int(first("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0) // 1024 // 1024
    yield "Date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    yield "Processor", f"{first('/proc/cpuinfo', '^model name.*: (.*)') or platform.machine()}, {os.cpu_count()} CPUs"
    yield "Memory", f"{memory} GiB"
    system = first("/etc/os-release", "^PRETTY_NAME=\"?([^\"\n]*)") or platform.system()
    yield "System", f"{system}, Linux {platform.release()}"
    yield "Load average at the start", f"{os.getloadavg()[0]:.1f}"
    changed = said("git", "status", "--porcelain", "--untracked-files=no") != "-"
    yield "Leaf", f"{said(str(ROOT / 'leaf'), '--version')}, commit {said('git', 'rev-parse', '--short=10', 'HEAD')}" + (
        " and changes" if changed else "")
    yield "Java", java_version()
    yield "Go (the load generator)", said("go", "version").removeprefix("go version ")
    for name, path in peers.items():
        yield name, known.version(name, path)
