"""What went over loopback, and what tshark thinks of it."""
import re
import subprocess
import sys
import time

from processes import Program, ROOT, Unmet, expect, wait_until

sys.path.insert(0, str(ROOT / "tests" / "tools"))
import audio_check  # noqa: E402


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


def _fields(path, options, display_filter):
    """One line for each packet that fits: its number and what tshark says of it."""
    run = subprocess.run(
        ["tshark", "-n", "-r", str(path), "--enable-heuristic", "rtp_udp", *options,
         "-Y", display_filter, "-T", "fields", "-e", "frame.number", "-e", "_ws.col.Info",
         "-e", "_ws.expert.message"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Unmet(f"tshark: {run.stderr.strip()[-300:]}")
    return [line for line in run.stdout.splitlines() if line.strip()]


def malformed(path, sip_port, rtp_first, rtp_last):
    """One line for each packet of ours in the capture that is not what it should be: what tshark
    calls malformed or in error, what it can't read as SIP with all mandatory headers, as RTP or
    as RTCP, and messages whose Content-Length is wrong (tshark forgives those)."""
    from_sip = f"(udp.srcport == {sip_port} or tcp.srcport == {sip_port})"
    from_rtp = f"(udp.srcport >= {rtp_first} and udp.srcport <= {rtp_last})"
    decode = ["-d", f"udp.port=={sip_port},sip", "-d", f"tcp.port=={sip_port},sip"]
    mandatory = " and ".join(f"sip.{name}" for name in ("Via", "From", "To", "Call-ID", "CSeq"))
    keep_alive = "(udp.length <= 12)"
    return (
        _fields(path, decode, f"({from_sip} or {from_rtp}) and "
                "(_ws.malformed or _ws.expert.severity == error)") +
        _fields(path, decode, f"udp.srcport == {sip_port} and not {keep_alive} and "
                f"not ({mandatory} and (sip.Method or sip.Status-Code))") +
        _fields(path, decode, f"{from_rtp} and not (rtp or rtcp)") +
        _wrong_lengths(path, sip_port))


def _wrong_lengths(path, sip_port):
    findings = []
    for number, (link, frame) in enumerate(audio_check.pcap_frames(path.read_bytes()), 1):
        udp = audio_check.udp_of(link, frame)
        if udp is None or udp[1] != sip_port or b"\r\n\r\n" not in udp[3].lstrip():
            continue
        head, body = udp[3].split(b"\r\n\r\n", 1)
        length = re.search(rb"\r\nContent-Length: *(\d+)", head, re.IGNORECASE)
        if length is None or int(length.group(1)) != len(body):
            findings.append(f"{number}\tContent-Length is not {len(body)}")
    return findings


def count(path, display_filter, *options):
    """How many packets of a capture fit a display filter."""
    run = subprocess.run(["tshark", "-n", "-r", str(path), *options, "-Y", display_filter,
                          "-T", "fields", "-e", "frame.number"],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Unmet(f"tshark: {run.stderr.strip()[-300:]}")
    return len(run.stdout.split())
