#!/usr/bin/env python3
"""Two exchanges joined by E1 over IP on loopback: their signalling links come into service, carry
test messages, are dumped for tshark, are taken down and up; and live through what the relay does
to their datagrams: as long as --seconds says (10 in ./check, an hour in ./run soak links).
"""
import argparse
import json
import shutil
import subprocess
import sys
import time

from exchange import PROGRAM, Exchange
from processes import Ports, Program, ROOT, Unmet, expect, wait_until

RELAY = PROGRAM.parent / "tests" / "tools" / "relay" / "relay"
RATE = 20       # test messages a second, each way

# What lies between the ends of each link, and whether the transport repeats payloads.
NO_RELAY = None
BAD = ["--delay", "5", "--jitter", "5", "--duplicate", "0.5", "--reorder", "0.5", "--hold", "10"]
TRUNKS = {
    "clean": (NO_RELAY, False),
    "thousandth": ([*BAD, "--loss", "0.1"], False),
    "redundant": ([*BAD, "--loss", "1"], True),
    "lossy": (["--delay", "5"], False),     # until it is made lossy
}

SPAN = """\
[span udp {name}]
trunk_type => E1
local => 127.0.0.1:{local}
remote => 127.0.0.1:{remote}
packet_ms => 5
jitter_ms => 25
redundancy => {redundancy}
signalling => ss7
d-channel => 16
b-channel => 1-3

"""

LINK = """\
[link-{name}]
linkset => both
span => {name}
channels => 1-3
schannel => 16
firstcic => 1
emergency => yes

"""


class Trunk:
    """A span at both ends, and the relay between them."""

    def __init__(self, name, folder, ports, between):
        self.name, self.folder = name, folder
        self.impairment, self.redundancy = between
        self.ends = [ports.take(), ports.take()]
        self.middle = self.ends[::-1] if self.impairment is NO_RELAY else [ports.take(),
                                                                           ports.take()]
        self.relay = None
        self.start_relay(self.impairment)

    def start_relay(self, impairment):
        if impairment is NO_RELAY:
            return
        self.stop_relay()
        at = "127.0.0.1:{}".format
        self.relay = Program(
            [RELAY, "udp", *impairment, "--left-local", at(self.middle[0]), "--left-remote",
             at(self.ends[0]), "--right-local", at(self.middle[1]), "--right-remote",
             at(self.ends[1])], self.folder / f"relay-{self.name}.log")
        wait_until(lambda: "ready" in self.relay.text(), 5, f"no relay: {self.relay.text()}")

    def stop_relay(self):
        if self.relay:
            self.relay.stop()

    def files(self, side):
        return SPAN.format(name=self.name, local=self.ends[side], remote=self.middle[side],
                           redundancy="yes" if self.redundancy else "no")


class Pair:
    """Both exchanges and what lies between."""

    def __init__(self, folder, trunks=None, more_files=None):
        trunks = trunks or TRUNKS
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ports = Ports()
        self.folder = folder
        self.sides = []
        self.trunks = {name: Trunk(name, folder, ports, trunks[name]) for name in trunks}
        ss7 = "[linkset-both]\nenabled => yes\n\n" + "".join(
            LINK.format(name=name) for name in trunks)
        try:
            for side, name in enumerate(("near", "far")):
                tdm = "".join(trunk.files(side) for trunk in self.trunks.values())
                self.sides.append(Exchange(folder / name, ports, media_ports=20,
                                           more_files={"tdm.conf": tdm, "ss7.conf": ss7,
                                                       **(more_files or {})}))
        except Unmet:
            self.stop()
            raise

    def stop(self):
        for side in self.sides:
            side.stop()
        for trunk in self.trunks.values():
            trunk.stop_relay()

    def status(self, side, link):
        return self.sides[side].console(f"ss7 link status {link}", as_data=True)["links"][0]

    def both(self, link, state):
        """Whether both ends of the link are in that state."""
        return all(self.status(side, link)["state"].lower().startswith(state) for side in (0, 1))

    def wait_for(self, link, state, seconds=30):
        wait_until(lambda: self.both(link, state), seconds,
                   f"{link} is not {state}: {[self.status(side, link) for side in (0, 1)]}")

    def tests(self, side, link):
        return self.sides[side].console(f"ss7 link test {link}", as_data=True)["tests"][0]

    def send(self, link, rate):
        for side in self.sides:
            side.console(f"ss7 link test {link} {rate}")

    def expect_faultless(self, link):
        for side in (0, 1):
            heard = self.tests(side, link)
            faults = [heard[what] for what in ("missing", "repeated", "damaged", "others")]
            expect(not any(faults), f"{link} at {side}: {heard}")
        return [self.tests(side, link)["received"] for side in (0, 1)]


def tshark(path, *fields):
    options = [word for field in fields for word in ("-e", field)]
    run = subprocess.run(["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=,",
                          *options], capture_output=True, text=True, check=False)
    expect(run.returncode == 0, f"tshark: {run.stderr.strip()[-300:]}")
    return [line.split(",") for line in run.stdout.splitlines()]


def come_into_service(pair, _):
    for link in TRUNKS:
        pair.wait_for(link, "in service")
    near = pair.sides[0]
    expect("clean" in near.console("ss7 link status"), "the table for people")
    spans = near.console("tdm show spans", as_data=True)["spans"]
    expect(len(spans) == len(TRUNKS) and all(span["ticks"] > 0 for span in spans), spans)
    channels = near.console("tdm show channels clean", as_data=True)["channels"]
    expect([channel["timeslot"] for channel in channels] == [16, 1, 2, 3], channels)
    return f"{len(TRUNKS)} links"


def pass_messages_both_ways(pair, _):
    pair.send("clean", 100)
    wait_until(lambda: all(pair.tests(side, "clean")["received"] > 100 for side in (0, 1)), 30,
               "too few test messages")
    pair.send("clean", 0)
    counters = pair.sides[0].console("ss7 link counters clean", as_data=True)["counters"]
    by_item = {row["q752"]: row["value"] for row in counters}
    expect(by_item["3.5"] > 100 and by_item["1.1"] > 0, by_item)
    return f"{pair.expect_faultless('clean')} heard"


def are_dumped_for_tshark(pair, _):
    near = pair.sides[0]
    pair.send("clean", 50)

    def dumped(words, enough):
        near.console(f"ss7 dump start {words}")
        wait_until(lambda: near.console("ss7 dump status", as_data=True)["units"] >= enough, 30,
                   f"too few units: {words}")
        said = near.console("ss7 dump stop", as_data=True)
        expect(not said["running"] and said["lost"] == 0, said)
        return said["units"]

    dumped("all.pcap clean", 500)
    rows = tshark(near.data / "all.pcap", "frame.p2p_dir", "mtp2.bsn", "mtp2.fsn",
                  "frame.protocols")
    units = len(rows)
    expect(units >= 500 and {row[0] for row in rows} == {"0", "1"}, rows[:3])
    expect(all(row[1] and row[2] and row[3].startswith("mtp2") for row in rows), "not understood")
    expect(not tshark_malformed(near.data / "all.pcap"), "malformed units")
    dumped("messages.pcap clean in msu type140", 20)
    rows = tshark(near.data / "messages.pcap", "mtp2.li", "frame.protocols")
    expect(all(int(row[0]) > 2 and "mtp3" in row[1] for row in rows), rows[:3])
    pair.send("clean", 0)
    refused = near.console("ss7 dump start nowhere/dump.pcap", check=False)
    expect(refused is None, "a dump into a folder that is not there")
    return f"{units} units and {len(rows)} messages"


def tshark_malformed(path):
    run = subprocess.run(["tshark", "-n", "-r", str(path), "-Y", "_ws.malformed"],
                         capture_output=True, text=True, check=False)
    return run.stdout.strip()


def go_down_and_up(pair, _):
    pair.sides[0].console("ss7 link down clean")
    wait_until(lambda: "out of service" in pair.status(0, "clean")["state"].lower(), 10, "down")
    wait_until(lambda: "SIOS" in pair.status(1, "clean")["last_failure"], 10, "the far end hears")
    pair.sides[0].console("ss7 link up clean")
    pair.wait_for("clean", "in service")
    unknown = pair.sides[0].console("ss7 link down nosuch", check=False)
    expect(unknown is None, "a link that is not there")
    return ""


def stay_up_at_a_thousandth_and_at_a_hundredth_with_redundancy(pair, seconds):
    links = ("thousandth", "redundant")
    before = {}
    for link in links:
        pair.wait_for(link, "in service")
        pair.send(link, RATE)
        before[link] = [pair.status(side, link)["failures"] for side in (0, 1)]
    time.sleep(seconds)
    heard = {}
    for link in links:
        pair.send(link, 0)
        expect(pair.both(link, "in service"), f"{link} is out of service")
        expect([pair.status(side, link)["failures"] for side in (0, 1)] == before[link],
               f"{link} failed meanwhile: {pair.status(0, link)}")
        heard[link] = pair.expect_faultless(link)
        expect(min(heard[link]) > seconds * RATE * 0.8, f"{link}: {heard[link]} heard")
    return f"{seconds} s: {json.dumps(heard)}"


def go_out_by_the_error_rate_and_come_back(pair, _):
    """At a tenth, so that ten seconds show it: at a hundredth it takes a minute."""
    trunk = pair.trunks["lossy"]
    pair.send("lossy", RATE)
    trunk.start_relay(["--delay", "5", "--loss", "10"])

    def failed_by_error_rate():
        return sum(row["value"] for side in pair.sides
                   for row in side.console("ss7 link counters lossy", as_data=True)["counters"]
                   if row["q752"] == "1.5")
    wait_until(failed_by_error_rate, 60, "it does not go out of service")
    trunk.start_relay(["--delay", "5"])
    pair.wait_for("lossy", "in service", 60)
    wait_until(lambda: min(pair.tests(side, "lossy")["received"] for side in (0, 1)) > 0, 30,
               "no messages after it came back")
    pair.send("lossy", 0)
    pair.expect_faultless("lossy")
    return ""


CASES = [come_into_service, pass_messages_both_ways, are_dumped_for_tshark, go_down_and_up,
         stay_up_at_a_thousandth_and_at_a_hundredth_with_redundancy,
         go_out_by_the_error_rate_and_come_back]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=10, help="of bad weather")
    seconds = parser.parse_args().seconds
    try:
        pair = Pair(ROOT / "build" / "interop" / "links")
    except Unmet as unmet:
        sys.exit(f"links: {unmet}")
    failed = 0
    try:
        for case in CASES:
            name = case.__name__.replace("_", " ")
            try:
                print(f"ok    links: {name} {case(pair, seconds)}".rstrip(), flush=True)
            except Unmet as unmet:
                failed += 1
                print(f"FAIL  links: {name}: {unmet}", flush=True)
    finally:
        pair.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
