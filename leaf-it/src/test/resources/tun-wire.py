"""A wire between two network namespaces on which each packet takes 5 to 25 ms, each another time.

tun-wire.py ONE OTHER: makes a TUN device `wire` in both and carries packets between them until its standard
input ends. The kernel completes checksums and cuts super-packets before a device that has no offloads.
"""
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LONGEST = 65536
MOST_WAITING = 4096


def device(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/run/netns/" + namespace) as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"wire", IFF_TUN | IFF_NO_PI))
    return fd


def main():
    ends = [device(name) for name in sys.argv[1:3]]
    delays = random.Random(42)
    waiting, number = [], 0
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, fd, packet = heapq.heappop(waiting)
            try:
                os.write(fd, packet)
            except OSError:
                pass  # the device is not up, or full: lost, as on any wire
        pause = max(0, waiting[0][0] - now) if waiting else None
        ready = select.select([*ends, sys.stdin], [], [], pause)[0]
        if sys.stdin in ready:
            return
        for fd in ready:
            try:
                packet = os.read(fd, LONGEST)
            except OSError:
                continue  # not up yet
            if len(waiting) < MOST_WAITING:
                number += 1
                due = time.monotonic() + delays.uniform(0.005, 0.025)
                heapq.heappush(waiting, (due, number, ends[1] if fd == ends[0] else ends[0], packet))


if __name__ == "__main__":
    main()
