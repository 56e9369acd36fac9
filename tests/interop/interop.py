#!/usr/bin/env python3
"""The interop stage of ./check: the demo, the other programs, and tshark as the judge.

Every packet of the whole run is captured on loopback; none that we sent may be malformed.
Logs and captures stay in build/interop.
"""
import sys

import capture
import demo
import demo_cases
import interop_cases
from processes import ROOT, Unmet, expect

TRUNK = """\
[sipp]
type = friend
host = 127.0.0.1
port = {sipp}
context = default

[trunk]
type = friend
host = 127.0.0.1
port = {trunk}
context = default
"""


class WholeWorld(demo.World):
    def __init__(self, folder):
        ports = demo.Ports()
        self.sipp_port, self.trunk_port = ports.take(), ports.take()
        super().__init__(folder, ports=ports, tls=True, more_sip=TRUNK.format(
            sipp=self.sipp_port, trunk=self.trunk_port))


def nothing_malformed(world):
    """The last case: tshark reads all that we sent."""
    exchange, path = world.exchange, world.judged.path
    findings = capture.malformed(path, exchange.sip, exchange.rtp_first, exchange.rtp_last)
    expect(not findings, f"{len(findings)} packets; the first: {findings[:3]}")
    sip = capture.count(path, f"sip and (udp.srcport == {exchange.sip} or "
                        f"tcp.srcport == {exchange.sip})", "-d", f"udp.port=={exchange.sip},sip",
                        "-d", f"tcp.port=={exchange.sip},sip")
    media = capture.count(path, f"udp.srcport >= {exchange.rtp_first} and "
                          f"udp.srcport <= {exchange.rtp_last}")
    expect(sip > 100 and media > 1000, f"too little was seen: {sip} SIP, {media} media packets")
    return f"{sip} SIP messages and {media} media packets of ours, none malformed"


def main():
    try:
        world = WholeWorld(ROOT / "build" / "interop")
    except Unmet as unmet:
        sys.exit(f"interop: {unmet}")
    failed = 0
    try:
        ours = (f"port {world.exchange.sip} or "
                f"(udp and portrange {world.exchange.rtp_first}-{world.exchange.rtp_last})")
        with capture.Capture(world.folder / "all.pcap", ours) as world.judged:
            failed += demo.run_cases(interop_cases.CASES, world)
            world.add_phones()
            failed += demo.run_cases(demo_cases.CASES, world)
    finally:
        failed += demo.finish(world)
    failed += demo.run_cases((nothing_malformed,), world)
    print("interop: all passed" if failed == 0 else f"interop: {failed} failed")
    return min(failed, 100)


if __name__ == "__main__":
    sys.exit(main())
