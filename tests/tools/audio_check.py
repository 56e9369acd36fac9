#!/usr/bin/env python3
"""Says whether a recording carries a tone.

Audio counts as verified (ARCHITECTURE.md, "Proof") when a tone of N Hz is found within 2 Hz in
95 % of the 20 ms frames and no gap is longer than 40 ms. The recording is a WAV file (16 bit,
A-law or mu-law, any rate) or the RTP of a pcap or pcapng capture, laid out by RTP time stamps.

    audio_check.py heard.wav --tone 440
    audio_check.py capture.pcap --tone 440 --to-port 10002 --json

Exit code: 0 verified, 1 not verified, 2 the file could not be read.
"""
import argparse
import json
import math
import struct
import sys
from collections import defaultdict
from pathlib import Path

FRAME_MS = 20
BLOCK_MS = 5          # grain of the search for gaps
PURE = 0.8            # share of a frame's energy that the tone must explain
SILENT = 0.05         # a block with less than this share of the median energy is a gap


class Unreadable(Exception):
    pass


def alaw(octet):
    octet ^= 0x55
    magnitude = ((octet & 0x0F) << 4) + 8
    segment = (octet >> 4) & 7
    if segment:
        magnitude = (magnitude + 0x100) << (segment - 1)
    return magnitude if octet & 0x80 else -magnitude


def ulaw(octet):
    octet ^= 0xFF
    magnitude = ((((octet & 0x0F) << 3) + 0x84) << ((octet >> 4) & 7)) - 0x84
    return -magnitude if octet & 0x80 else magnitude


ALAW = [alaw(octet) for octet in range(256)]
ULAW = [ulaw(octet) for octet in range(256)]


# ---- reading

def read_wav(data):
    """(samples of the first channel, rate). Tolerates the sizes of a file that was cut short."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Unreadable("no WAV file")
    form, offset = None, 12
    while offset + 8 <= len(data):
        name, size = data[offset:offset + 4], struct.unpack_from("<I", data, offset + 4)[0]
        body = data[offset + 8:offset + 8 + size]
        if name == b"fmt ":
            form = struct.unpack_from("<HHIIHH", body)
        elif name == b"data":
            if form is None:
                raise Unreadable("a WAV file without format")
            return wav_samples(body or data[offset + 8:], form), form[2]
        offset += 8 + size + size % 2
    raise Unreadable("a WAV file without data")


def wav_samples(body, form):
    encoding, channels, _, _, _, bits = form
    if encoding in (6, 7):
        table = ALAW if encoding == 6 else ULAW
        return [table[octet] for octet in body[::channels]]
    if bits != 16:
        raise Unreadable(f"WAV encoding {encoding} with {bits} bits")
    count = len(body) // 2
    return list(struct.unpack_from(f"<{count}h", body))[::channels]


def pcap_frames(data):
    """(link type, octets) of each frame of a pcap or pcapng file."""
    magic = data[:4]
    if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        order = "<"
    elif magic in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
        order = ">"
    elif magic == b"\x0a\x0d\x0d\x0a":
        yield from pcapng_frames(data)
        return
    else:
        raise Unreadable("neither WAV nor capture")
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    offset = 24
    while offset + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, offset + 8)[0]
        yield link, data[offset + 16:offset + 16 + size]
        offset += 16 + size


def pcapng_frames(data):
    order, links, offset = "<", [], 0
    while offset + 12 <= len(data):
        kind = struct.unpack_from("<I", data, offset)[0]
        if kind == 0x0A0D0D0A:
            order = "<" if data[offset + 8:offset + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, size = struct.unpack_from(order + "II", data, offset)
        if size < 12:
            return
        if kind == 1:
            links.append(struct.unpack_from(order + "H", data, offset + 8)[0])
        elif kind == 6:
            interface, captured = (struct.unpack_from(order + "I", data, offset + at)[0]
                                   for at in (8, 20))
            yield links[interface], data[offset + 28:offset + 28 + captured]
        offset += size


def udp_of(link, frame):
    """(source, source port, destination port, payload), or None where it is no UDP."""
    if link == 1:
        kind, packet = frame[12:14], frame[14:]
    elif link == 113:
        kind, packet = frame[14:16], frame[16:]
    elif link == 276:
        kind, packet = frame[0:2], frame[20:]
    else:
        kind, packet = (b"\x86\xdd" if frame and frame[0] >> 4 == 6 else b"\x08\x00"), frame
    if kind == b"\x08\x00" and len(packet) >= 20 and packet[9] == 17:
        header, source = (packet[0] & 15) * 4, packet[12:16]
    elif kind == b"\x86\xdd" and len(packet) >= 40 and packet[6] == 17:
        header, source = 40, packet[8:24]
    else:
        return None
    if len(packet) < header + 8:
        return None
    from_port, to_port = struct.unpack_from(">HH", packet, header)
    return source, from_port, to_port, packet[header + 8:]


def read_rtp(data, from_port=None, to_port=None):
    """Samples of the busiest RTP stream that fits, by time stamp; None where none arrived."""
    streams = defaultdict(list)
    for link, frame in pcap_frames(data):
        udp = udp_of(link, frame)
        if udp is None or len(udp[3]) < 12 or udp[3][0] >> 6 != 2 or udp[3][1] & 0x7F not in (0, 8):
            continue
        source, sender, receiver, packet = udp
        if from_port not in (None, sender) or to_port not in (None, receiver):
            continue
        streams[(source, sender, receiver, packet[8:12])].append(packet)
    if not streams:
        raise Unreadable("no RTP with G.711 in the capture")
    return lay_out(max(streams.values(), key=len)), 8000


def lay_out(packets):
    first = struct.unpack_from(">I", packets[0], 4)[0]
    placed, end = [], 0
    for packet in packets:
        start = 12 + (packet[0] & 15) * 4
        table = ALAW if packet[1] & 0x7F == 8 else ULAW
        at = (struct.unpack_from(">I", packet, 4)[0] - first) & 0xFFFFFFFF
        if at < 8000 * 3600:
            payload = packet[start:]
            placed.append((at, [table[octet] for octet in payload]))
            end = max(end, at + len(payload))
    samples = [None] * end
    for at, values in placed:
        samples[at:at + len(values)] = values
    return samples


# ---- judging

class Tone:
    """Looks for one frequency in frames of one length."""

    def __init__(self, hz, rate):
        self.hz, self.rate = hz, rate
        self.length = rate * FRAME_MS // 1000
        half = self.length // 2
        step = 2 * math.pi * hz / rate
        self.cosines = [math.cos(step * n) for n in range(half)]
        self.sines = [math.sin(step * n) for n in range(half)]
        self.cc = sum(c * c for c in self.cosines)
        self.ss = sum(s * s for s in self.sines)
        self.cs = sum(c * s for c, s in zip(self.cosines, self.sines))
        self.turn = step * half

    def fit(self, part):
        """Best a cos + b sin, and the energy that it explains."""
        pc = sum(x * c for x, c in zip(part, self.cosines))
        ps = sum(x * s for x, s in zip(part, self.sines))
        determinant = self.cc * self.ss - self.cs * self.cs
        a = (pc * self.ss - ps * self.cs) / determinant
        b = (ps * self.cc - pc * self.cs) / determinant
        return a, b, a * pc + b * ps

    def found(self, frame):
        """The frequency found in the frame, or None where no pure tone is near."""
        half = self.length // 2
        energy = sum(x * x for x in frame)
        if energy < 100.0 * len(frame):
            return None
        a1, b1, explained1 = self.fit(frame[:half])
        a2, b2, explained2 = self.fit(frame[half:2 * half])
        if explained1 + explained2 < PURE * energy:
            return None
        drift = (math.atan2(-b2, a2) - math.atan2(-b1, a1) - self.turn) % (2 * math.pi)
        if drift > math.pi:
            drift -= 2 * math.pi
        return self.hz + drift * self.rate / (2 * math.pi * half)


def longest_gap_ms(samples, rate):
    """The longest run that is missing or silent beside the rest, in steps of 5 ms."""
    size = rate * BLOCK_MS // 1000
    energies = [sum((x or 0) ** 2 for x in samples[i:i + size])
                for i in range(0, len(samples) - size + 1, size)]
    heard = sorted(energies)
    limit = SILENT * heard[len(heard) // 2] if heard else 0
    longest = run = 0
    for energy in energies:
        run = run + 1 if energy <= limit else 0
        longest = max(longest, run)
    return longest * BLOCK_MS


def judge(samples, rate, hz, *, tolerance=2.0, share=0.95, gap_ms=40, seconds=1.0):
    """Looks from the first frame with the tone to the last one."""
    tone = Tone(hz, rate)
    frames = [[x or 0 for x in samples[i:i + tone.length]]
              for i in range(0, len(samples) - tone.length + 1, tone.length)]
    found = [tone.found(frame) for frame in frames]
    good = [f is not None and abs(f - hz) <= tolerance for f in found]
    report = {"tone": hz, "seconds": round(len(samples) / rate, 2), "frames": 0, "share": 0.0,
              "heard_hz": None, "gap_ms": None, "verified": False}
    if not any(good):
        return report
    first, last = good.index(True), len(good) - 1 - good[::-1].index(True)
    within = good[first:last + 1]
    heard = sorted(f for f in found[first:last + 1] if f is not None)
    gap = longest_gap_ms(samples[first * tone.length:(last + 1) * tone.length], rate)
    report.update(frames=len(within), share=round(sum(within) / len(within), 4),
                  heard_hz=round(heard[len(heard) // 2], 2), gap_ms=gap)
    report["verified"] = (report["share"] >= share and gap <= gap_ms and
                          len(within) * FRAME_MS >= seconds * 1000)
    return report


def read(path, from_port=None, to_port=None):
    data = Path(path).read_bytes()
    if data[:4] == b"RIFF":
        return read_wav(data)
    return read_rtp(data, from_port, to_port)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--tone", type=float, required=True, help="hertz")
    parser.add_argument("--from-port", type=int, help="of a capture: the sender's UDP port")
    parser.add_argument("--to-port", type=int, help="of a capture: the receiver's UDP port")
    parser.add_argument("--seconds", type=float, default=1.0, help="least length of the tone")
    parser.add_argument("--gap-ms", type=int, default=40, help="longest gap allowed")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        samples, rate = read(options.file, options.from_port, options.to_port)
    except (Unreadable, OSError, struct.error, IndexError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    report = judge(samples, rate, options.tone, gap_ms=options.gap_ms, seconds=options.seconds)
    if options.json:
        print(json.dumps(report))
    else:
        print(f"{options.file}: {'verified' if report['verified'] else 'NOT verified'}: "
              f"{options.tone:g} Hz in {report['share']:.1%} of {report['frames']} frames, "
              f"heard {report['heard_hz']} Hz, largest gap {report['gap_ms']} ms")
    return 0 if report["verified"] else 1


if __name__ == "__main__":
    sys.exit(main())
