"""What went over loopback, and what tshark thinks of it."""
import subprocess
import time

from processes import Program, Unmet, expect, wait_until


class Capture:
    """dumpcap on loopback for as long as the `with` block lasts."""

    def __init__(self, path, filter_text="udp or tcp"):
        self.path = path
        self.program = Program(
            ["dumpcap", "-q", "-P", "-B", "16", "-i", "lo", "-f", filter_text, "-w", path],
            path.with_suffix(".log"))

    def __enter__(self):
        def started():
            expect(self.program.running, "dumpcap cannot capture on loopback; it needs root or "
                   f"the capability to: {self.program.text().strip()[-200:]}")
            return self.path.exists() and self.path.stat().st_size >= 24
        wait_until(started, 10, "dumpcap does not start")
        return self

    def __exit__(self, *_):
        time.sleep(0.2)           # dumpcap writes what it holds every now and then
        self.program.stop()


def malformed(path, sip_ports, rtp_first, rtp_last):
    """One line for each packet of ours in the capture that tshark calls malformed or in error."""
    ours = " or ".join(
        [f"udp.srcport == {port} or tcp.srcport == {port}" for port in sip_ports] +
        [f"(udp.srcport >= {rtp_first} and udp.srcport <= {rtp_last})"])
    decode = []
    for port in sip_ports:
        decode += ["-d", f"udp.port=={port},sip", "-d", f"tcp.port=={port},sip"]
    run = subprocess.run(
        ["tshark", "-n", "-r", str(path), *decode,
         "-o", "rtp.heuristic_rtp:TRUE",
         "-Y", f"({ours}) and (_ws.malformed or _ws.expert.severity == error)",
         "-T", "fields", "-e", "frame.number", "-e", "_ws.col.Info", "-e", "_ws.expert.message"],
        capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Unmet(f"tshark: {run.stderr.strip()[-300:]}")
    return [line for line in run.stdout.splitlines() if line.strip()]


def count(path, display_filter, *options):
    """How many packets of a capture fit a display filter."""
    run = subprocess.run(["tshark", "-n", "-r", str(path), *options, "-Y", display_filter,
                          "-T", "fields", "-e", "frame.number"],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Unmet(f"tshark: {run.stderr.strip()[-300:]}")
    return len(run.stdout.split())
