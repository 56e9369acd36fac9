#!/usr/bin/env python3
"""Memory of an established call: bridged calls with media stand, and the exchange's anonymous
memory is read at two numbers of them.

    call_memory.py [--few 200] [--many 1000]

What grows between the two is heap, pools and the threads' own memory, in whole pages: an upper
bound of the heap a call takes.
"""
import argparse
import json
import os
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "interop"), str(ROOT / "bench")]
from calls import PEERS                                  # noqa: E402
from exchange import Exchange                            # noqa: E402
from processes import Ports, Unmet, wait_until   # noqa: E402
from sipp import Sipp                                    # noqa: E402

GOAL_KIB = 32
RATE = 100
STANDS_SECONDS = 60


def anonymous_octets(pid):
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"RssAnon:\s+(\d+) kB", text).group(1)) * 1024


class Standing:
    def __init__(self, folder, many):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.ports = folder, Ports()
        self.caller, self.callee = self.ports.take(), self.ports.take()
        self.exchange = Exchange(folder / "exchange", self.ports, media_ports=many * 4 + 400,
                                 log_level="warning", media_timeout=STANDS_SECONDS * 2,
                                 more_sip=PEERS.format(caller=self.caller, callee=self.callee))

    def octets_with(self, calls):
        """The exchange's memory once so many bridged calls stand."""
        callee = Sipp("callee", self.folder, self.ports, port=self.callee, calls=calls)
        caller = Sipp("caller", self.folder, self.ports, to=self.exchange.sip, port=self.caller,
                      calls=calls, rate=RATE, pause_ms=STANDS_SECONDS * 1000, service="900",
                      more=("-l", str(calls)))
        try:
            wait_until(lambda: self.exchange.channels() == 2 * calls, calls / RATE + 20,
                       f"{calls} calls do not stand")
            time.sleep(2)
            return anonymous_octets(self.exchange.program.process.pid)
        finally:
            caller.stop()
            callee.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=200)
    parser.add_argument("--many", type=int, default=1000)
    options = parser.parse_args()
    octets = {}
    try:
        for calls in (options.few, options.many):
            standing = Standing(ROOT / "build" / f"bench-memory-{calls}", options.many)
            try:
                octets[calls] = standing.octets_with(calls)
            finally:
                standing.exchange.program.kill()
    except Unmet as unmet:
        sys.exit(f"call_memory: {unmet}")
    kib = (octets[options.many] - octets[options.few]) / (options.many - options.few) / 1024
    print(f"a bridged call, two legs with media: {kib:.1f} KiB (goal: at most {GOAL_KIB})")
    path = os.environ.get("STROWGER_BENCH_RESULTS")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"bench": "call-memory", "name": "strowger", "value": kib,
                                   "title": "memory of a bridged call with media", "unit": "KiB",
                                   "at_most": GOAL_KIB}) + "\n")
    return 0 if kib <= GOAL_KIB else 1


if __name__ == "__main__":
    sys.exit(main())
