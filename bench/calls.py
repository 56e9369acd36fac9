#!/usr/bin/env python3
"""Calls a second: SIPp against the exchange, which is pinned to one core, SIPp to the others.

    calls.py [--rates 1000,2000] [--seconds 60] [--bridged]

The times from INVITE to 100 and to 200 are taken from a capture of the caller's port in the middle
of the run (SIPp's own clock ticks in milliseconds). A generator that could not keep its rate is
reported as that, and not as a figure of the exchange.
"""
import argparse
import json
import os
import re
import statistics
import struct
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "interop"), str(ROOT / "tests" / "tools")]
from capture import Capture       # noqa: E402
from exchange import Exchange     # noqa: E402
from processes import Ports, Unmet, expect  # noqa: E402
from sipp import Sipp             # noqa: E402

PEERS = """\
[sipp]
type = friend
host = 127.0.0.1
port = {caller}
context = default

[trunk]
type = friend
host = 127.0.0.1
port = {callee}
context = default
"""
TO_INVITE = re.compile(rb"\r\nCSeq: *\d+ +INVITE\r\n", re.IGNORECASE)
HOLD_MS = 100          # how long a call stands before the caller hangs up
SAMPLE_SECONDS = 10


def packets(path):
    """(seconds, destination port, payload) of every UDP packet of a pcap of loopback."""
    data = path.read_bytes()
    offset = 24
    while offset + 16 <= len(data):
        seconds, micros, size = struct.unpack_from("<III", data, offset)
        frame = data[offset + 16:offset + 16 + size]
        offset += 16 + size
        header = 14 + (frame[14] & 15) * 4
        yield (seconds + micros * 1e-6, struct.unpack_from(">H", frame, header + 2)[0],
               frame[header + 8:])


def response_times(path, exchange_port, caller_port):
    """Milliseconds from INVITE to the first 100 and to the first 200, call by call."""
    sent, trying, answered = {}, {}, {}
    for when, port, payload in packets(path):
        call = re.search(rb"\r\nCall-ID: *([^\r]+)", payload, re.IGNORECASE)
        if not call:
            continue
        name = call.group(1)
        if port == exchange_port and payload.startswith(b"INVITE "):
            sent.setdefault(name, when)
        elif port == caller_port and name in sent:
            if payload.startswith(b"SIP/2.0 100"):
                trying.setdefault(name, when)
            elif payload.startswith(b"SIP/2.0 200") and TO_INVITE.search(payload):
                answered.setdefault(name, when)
    return ([(when - sent[name]) * 1e3 for name, when in trying.items()],
            [(when - sent[name]) * 1e3 for name, when in answered.items()])


def spread(times):
    ordered = sorted(times)
    return {"median_ms": round(statistics.median(ordered), 3),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)], 3)} if ordered else {}


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, folder, bridged):
        self.folder, self.bridged, self.ports = folder, bridged, Ports()
        folder.mkdir(parents=True, exist_ok=True)
        self.caller_port, self.callee_port = self.ports.take(), self.ports.take()
        self.exchange = Exchange(
            folder / "exchange", self.ports, prefix=("taskset", "-c", "0"), media_ports=4000,
            log_level="warning",
            more_sip=PEERS.format(caller=self.caller_port, callee=self.callee_port))

    def run(self, rate, seconds):
        """The figures of one rate."""
        calls = rate * seconds
        elsewhere = ("taskset", "-c", f"1-{max(1, os.cpu_count() - 1)}")
        large = ("-buff_size", "4194304", "-timeout", str(seconds + 60), "-recv_timeout", "10000")
        callee = None
        if self.bridged:
            callee = Sipp("callee", self.folder, self.ports, port=self.callee_port, calls=calls,
                          prefix=elsewhere, more=large)
        spent, begin = cpu_seconds(self.exchange.program.process.pid), time.monotonic()
        caller = Sipp("caller", self.folder, self.ports, to=self.exchange.sip,
                      port=self.caller_port, calls=calls, rate=rate, pause_ms=HOLD_MS,
                      service="900" if self.bridged else "800", prefix=elsewhere,
                      more=(*large, "-l", str(rate * 5), "-trace_stat", "-fd", "1",
                            "-stf", self.folder / f"caller-{rate}.csv"))
        time.sleep(min(10, seconds / 4))
        sample = Capture(self.folder / f"sample-{rate}.pcap", f"udp port {self.caller_port}")
        with sample:
            time.sleep(min(SAMPLE_SECONDS, seconds / 2))
        failed = self._failed(caller, seconds)
        took = time.monotonic() - begin
        spent = cpu_seconds(self.exchange.program.process.pid) - spent
        if callee:
            callee.stop()
        self.exchange.becomes_idle(15)
        trying, answered = response_times(sample.path, self.exchange.sip, self.caller_port)
        return {"rate": rate, "calls": calls, "failed": failed, "reached": round(calls / took),
                "cpu_us_a_call": round(spent / calls * 1e6, 1), "to_100": spread(trying),
                "to_200": spread(answered),
                "generator_saturated": took > seconds * 1.05 + 3}

    def _failed(self, caller, seconds):
        caller.program.wait(seconds + 90)
        rows = Path(self.folder, caller.program.process.args[
            caller.program.process.args.index("-stf") + 1]).read_text(encoding="utf-8").split("\n")
        names = rows[0].split(";")
        last = [row for row in rows if row][-1].split(";")
        return int(last[names.index("FailedCall(C)")])


def print_figures(figures, bridged):
    way = "bridged to a second SIPp" if bridged else "answered by the dialplan"
    note = "  (the generator was saturated: no figure of the exchange)" \
        if figures["generator_saturated"] else ""
    print(f"{figures['rate']} calls/s, {way}: {figures['failed']} failed of {figures['calls']}, "
          f"{figures['cpu_us_a_call']} us CPU a call{note}")
    for name in ("to_100", "to_200"):
        times = figures[name]
        if times:
            print(f"  INVITE {name.replace('_', ' ')}: median {times['median_ms']} ms, "
                  f"p99 {times['p99_ms']} ms")


def record(figures, bridged):
    """JSON lines for scripts/bench.py, in the form of bench/harness.hpp."""
    path = os.environ.get("STROWGER_BENCH_RESULTS")
    if not path:
        return
    way = "bridged" if bridged else "answered"
    rows = [("failed calls", figures["failed"], "calls", {"at_most": 0}),
            ("CPU a call", figures["cpu_us_a_call"], "us", {})]
    for name in ("to_100", "to_200"):
        for which in figures[name]:
            rows.append((f"INVITE {name.replace('_', ' ')}, {which.removesuffix('_ms')}",
                         figures[name][which], "ms", {}))
    if figures["generator_saturated"]:
        rows = [("generator saturated", figures["reached"], "calls/s", {})]
    with open(path, "a", encoding="utf-8") as file:
        for title, value, unit, limits in rows:
            file.write(json.dumps({"bench": "calls", "name": "strowger", "value": value,
                                   "title": f"{figures['rate']} calls/s {way}: {title}",
                                   "unit": unit, **limits}) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", default="1000,2000")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--bridged", action="store_true")
    options = parser.parse_args()
    failed = 0
    try:
        expect(os.cpu_count() > 1, "one core for the exchange and one for SIPp are needed")
        bench = Bench(ROOT / "build" / "bench-calls", options.bridged)
        try:
            for rate in options.rates.split(","):
                figures = bench.run(int(rate), options.seconds)
                print_figures(figures, options.bridged)
                record(figures, options.bridged)
                failed += figures["failed"]
        finally:
            bench.exchange.stop()
    except Unmet as unmet:
        sys.exit(f"calls: {unmet}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
