#!/usr/bin/env python3
"""Tests of audio_check.py: what it must accept and, more important, what it must refuse."""
import math
import struct
import tempfile
import unittest
from pathlib import Path

import audio_check


def tone(hz, seconds, rate=8000, level=8000, phase=0.3):
    return [round(level * math.sin(2 * math.pi * hz * n / rate + phase))
            for n in range(int(seconds * rate))]


def wav(samples, rate=8000, channels=1):
    body = b"".join(struct.pack("<h", x) * channels for x in samples)
    return (b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " +
            struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * 2 * channels, 2 * channels, 16) +
            b"data" + struct.pack("<I", len(body)) + body)


def nearest_alaw(sample):
    return min(range(256), key=lambda octet: abs(audio_check.ALAW[octet] - sample))


def rtp_capture(samples, lost=(), delay=None):
    """A pcap (link type raw) of A-law packets; `delay` (packet, samples) moves time stamps."""
    codes = {x: nearest_alaw(x) for x in set(samples)}
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for number in range(len(samples) // 160):
        if number in lost:
            continue
        stamp = number * 160 + (delay[1] if delay and number >= delay[0] else 0)
        rtp = struct.pack(">BBHII", 0x80, 8, number & 0xFFFF, (stamp + 0xFFFFFF00) & 0xFFFFFFFF, 7)
        rtp += bytes(codes[x] for x in samples[number * 160:number * 160 + 160])
        udp = struct.pack(">HHHH", 4000, 10002, 8 + len(rtp), 0) + rtp
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                         bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1])) + udp
        out += struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip
    return out


def judged(data, hz, **kwargs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heard"
        path.write_bytes(data)
        samples, rate = audio_check.read(path)
    return audio_check.judge(samples, rate, hz, **kwargs)


class AudioCheck(unittest.TestCase):
    def test_finds_tones_at_several_rates(self):
        for hz in (440, 880, 1004, 2000):
            for rate in (8000, 16000, 44100, 48000):
                report = judged(wav(tone(hz, 2, rate), rate), hz)
                self.assertTrue(report["verified"], (hz, rate, report))
                self.assertAlmostEqual(report["heard_hz"], hz, delta=0.2)

    def test_takes_the_first_channel_of_stereo(self):
        self.assertTrue(judged(wav(tone(440, 2), channels=2), 440)["verified"])

    def test_refuses_a_tone_three_hertz_away(self):
        self.assertFalse(judged(wav(tone(443, 2)), 440)["verified"])
        self.assertTrue(judged(wav(tone(441, 2)), 440)["verified"])

    def test_refuses_silence_noise_and_too_short_a_tone(self):
        self.assertFalse(judged(wav([0] * 16000), 440)["verified"])
        noise = [(n * 7919 * n) % 16001 - 8000 for n in range(16000)]
        self.assertFalse(judged(wav(noise), 440)["verified"])
        self.assertFalse(judged(wav(tone(440, 0.5)), 440)["verified"])

    def test_refuses_a_tone_under_another_as_loud(self):
        mixed = [a + b for a, b in zip(tone(440, 2), tone(880, 2))]
        self.assertFalse(judged(wav(mixed), 440)["verified"])

    def test_measures_gaps(self):
        whole = tone(440, 3)
        cut = whole[:8000] + [0] * 800 + whole[8800:]
        report = judged(wav(cut), 440)
        self.assertEqual(report["gap_ms"], 100)
        self.assertFalse(report["verified"])
        short = whole[:8000] + [0] * 240 + whole[8240:]
        self.assertTrue(judged(wav(short), 440)["verified"])

    def test_reads_a_wav_file_that_was_cut_short(self):
        data = bytearray(wav(tone(440, 2)))
        data[40:44] = struct.pack("<I", 0)
        self.assertTrue(judged(bytes(data), 440)["verified"])

    def test_lays_out_rtp_by_time_stamp(self):
        self.assertTrue(judged(rtp_capture(tone(440, 2)), 440)["verified"])
        self.assertTrue(judged(rtp_capture(tone(440, 2), lost=(50,)), 440)["verified"])
        report = judged(rtp_capture(tone(440, 2), lost=(50, 51, 52)), 440)
        self.assertEqual(report["gap_ms"], 60)
        self.assertFalse(report["verified"])

    def test_sees_a_jump_of_the_time_stamps(self):
        report = judged(rtp_capture(tone(440, 2), delay=(60, 800)), 440)
        self.assertEqual(report["gap_ms"], 100)

    def test_refuses_what_is_no_recording(self):
        for data in (b"", b"hello, world", wav([])[:30], rtp_capture([])):
            with self.assertRaises((audio_check.Unreadable, struct.error)):
                judged(data, 440)


if __name__ == "__main__":
    unittest.main()
