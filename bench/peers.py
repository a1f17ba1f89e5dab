"""Which of the programs that Leaf is compared with are there, and their versions."""
import os
import pathlib
import re
import shutil
import subprocess

CACHE = pathlib.Path(os.environ.get("LEAF_PEERS") or pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "leaf-peers")

# name in tables: program, how to ask its version, where it comes from, whether CI must have it
KNOWN = {
    "sing-box": ("sing-box", ["version"], "build/peers sing-box", True),
    "xray": ("xray", ["version"], "build/peers xray", True),
    "v2ray": ("v2ray", ["-version"], "Debian's package v2ray", True),
    "ss-libev": ("ss-local", ["-h"], "Debian's package shadowsocks-libev", True),
    "ss-rust": ("sslocal", ["--version"], "build/peers sslocal", False),
}


def find():
    """Name and path of each that is there, from build/peers' cache or the path; and what is missing."""
    found, missing = {}, {}
    for name, (program, _, origin, needed) in KNOWN.items():
        path = shutil.which(program, path=str(CACHE)) or shutil.which(program)
        if path:
            found[name] = path
        else:
            missing[name] = (f"there is no {program}; it comes from {origin}", needed)
    return found, missing


def version(name, path):
    """What build/peers noted, else the first version number of what the program says; - when it says none."""
    noted = pathlib.Path(path + ".version")
    if noted.is_file():
        return noted.read_text().strip()
    try:
        said = subprocess.run([path, *KNOWN[name][1]], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "-"
    number = re.search(r"\d+\.\d+[.\w-]*", said.stdout + said.stderr)
    return number.group() if number else "-"
