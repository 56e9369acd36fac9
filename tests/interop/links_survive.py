#!/usr/bin/env python3
"""What a signalling link must live through while its thread has real-time priority: every
processor busy, threads stopped for two seconds, a full disk under the log and a dump, a storm of
registrations. No link may fail, no message may be lost, repeated or damaged.

Needs root (a file system of its own, and to stop threads). Where real-time priority is refused,
it says what happened and judges nothing.
"""
import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from exchange import SOUNDS, STROWGER
from links import NO_RELAY, Pair
from processes import ROOT, Unmet, expect, wait_until

LINK = "clean"
RATE = 200
SECONDS = 10
STOP_SECONDS = 2

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT, WAIT_ALL = 17, 0x4206, 0x4207, 0x40000000

REGISTER = """\
REGISTER sip:127.0.0.1 SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{number}\r
From: <sip:alice@127.0.0.1>;tag={number}\r
To: <sip:alice@127.0.0.1>\r
Call-ID: {number}@storm\r
CSeq: 1 REGISTER\r
Contact: <sip:alice@127.0.0.1:{port}>\r
Max-Forwards: 70\r
Content-Length: 0\r
\r
"""


def threads_of(pid, name):
    folder = Path(f"/proc/{pid}/task")
    return [int(task.name) for task in folder.iterdir()
            if (task / "comm").read_text(encoding="utf-8").strip() == name]


def stop_for_a_while(thread, seconds):
    """As a debugger stops one thread, the others going on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]

    def trace(what):
        expect(libc.ptrace(what, thread, None, None) == 0,
               f"ptrace: {os.strerror(ctypes.get_errno())}")
    trace(PTRACE_SEIZE)
    trace(PTRACE_INTERRUPT)
    os.waitpid(thread, WAIT_ALL)
    time.sleep(seconds)
    trace(PTRACE_DETACH)


def every_processor_busy(_):
    done = subprocess.run(["stress-ng", "--cpu", "0", "--io", "2", "--timeout", str(SECONDS),
                           "--quiet"], check=False)
    expect(done.returncode == 0, "stress-ng failed")


def threads_stopped_for_two_seconds(pair):
    for side in pair.sides:
        pid = side.program.process.pid
        for name in ("ss7", "worker"):
            found = threads_of(pid, name)
            expect(found, f"no thread is called {name}")
            stop_for_a_while(found[0], STOP_SECONDS)


def a_full_disk_under_the_log_and_a_dump(pair):
    near = pair.sides[0]
    near.console(f"ss7 dump start {pair.full}/dump.pcap")
    wait_until(lambda: not near.console("ss7 dump status", as_data=True)["running"], 60,
               "the disk does not fill")
    said = near.console("ss7 dump status", as_data=True)
    expect("No space" in said["failure"], said)
    time.sleep(SECONDS / 2)


def a_storm_of_registrations(pair):
    end = time.monotonic() + SECONDS
    near = pair.sides[0]

    def storm(first):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind(("127.0.0.1", 0))
            number = first
            while time.monotonic() < end:
                number += 1
                text = REGISTER.format(port=phone.getsockname()[1], number=number)
                phone.sendto(text.encode(), ("127.0.0.1", near.sip))
    phones = [threading.Thread(target=storm, args=(10 ** 7 * i,)) for i in range(1, 5)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()


CASES = [every_processor_busy, threads_stopped_for_two_seconds,
         a_full_disk_under_the_log_and_a_dump, a_storm_of_registrations]


def failures(pair):
    return [pair.status(side, LINK)["failures"] for side in (0, 1)]


def ticks(pair):
    said = [side.console("tdm show spans", as_data=True) for side in pair.sides]
    return [(one["ticks_missed"], one["ticks_skipped"]) for one in said]


def survive(pair, case):
    before, ticks_before = failures(pair), ticks(pair)
    case(pair)
    after = failures(pair)
    expect(after == before, f"the link failed: {pair.status(0, LINK)} {pair.status(1, LINK)}")
    expect(pair.both(LINK, "in service"), "the link is out of service")
    heard = pair.expect_faultless(LINK)
    return f"{heard} messages heard; ticks (late, given up) {ticks_before} to {ticks(pair)}"


def realtime(pair):
    rows = pair.sides[0].console("core show threads", as_data=True)["threads"]
    return any(row["thread"] == "mtp" and "FIFO" in row["scheduling"] for row in rows)


def run(pair):
    pair.wait_for(LINK, "in service")
    pair.send(LINK, RATE)
    judged = realtime(pair)
    failed = 0
    for case in CASES:
        name = case.__name__.replace("_", " ")
        try:
            print(f"ok    link survives {name}: {survive(pair, case)}", flush=True)
        except Unmet as unmet:
            failed += judged
            print(f"{'FAIL' if judged else 'unprivileged'}  link survives {name}: {unmet}",
                  flush=True)
            pair.wait_for(LINK, "in service")
    return 1 if failed else 0


def main():
    if os.getuid() != 0:
        sys.exit("links_survive: needs root")
    folder = ROOT / "build" / "interop" / "survive"
    full = ROOT / "build" / "interop" / "full"
    full.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", full], check=True)
    log = STROWGER.format(sounds=SOUNDS, level="debug") + f"file = {full}/log\n"
    try:
        pair = Pair(folder, {LINK: (NO_RELAY, False)}, {"strowger.conf": log})
        pair.full = full
        try:
            return run(pair)
        finally:
            pair.stop()
    except Unmet as unmet:
        sys.exit(f"links_survive: {unmet}")
    finally:
        subprocess.run(["umount", full], check=True)


if __name__ == "__main__":
    sys.exit(main())
