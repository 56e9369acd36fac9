"""tshark as the judge must see a fault in what we send, or its silence means nothing."""
import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import capture  # noqa: E402

SIP, RTP = 5070, 20000
HEAD = (b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\n"
        b"To: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n")
GOOD = HEAD + b"Content-Length: 0\r\n\r\n"
VOICE = b"\x80\x00\x00\x01" + bytes(7) + b"\x09" + bytes(160)


def frame(from_port, payload):
    udp = struct.pack(">HHHH", from_port, 6000, 8 + len(payload), 0) + payload
    host = bytes([127, 0, 0, 1])
    packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, host, host) + udp
    octets = bytes(12) + b"\x08\x00" + packet
    return struct.pack("<IIII", 1, 0, len(octets), len(octets)) + octets


def findings(*packets):
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.pcap")
        path.write_bytes(header + b"".join(frame(port, payload) for port, payload in packets))
        return capture.malformed(path, SIP, RTP, RTP + 99)


class Judge(unittest.TestCase):
    def test_passes_what_is_well(self):
        self.assertEqual([], findings((SIP, GOOD), (SIP, b"\r\n\r\n"), (RTP, VOICE)))

    def test_sees_faults(self):
        for name, port, payload in (
                ("no SIP at all", SIP, b"\x00\x01 nonsense that is long enough"),
                ("no mandatory headers", SIP, b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
                ("a wrong length", SIP, HEAD + b"Content-Length: 7\r\n\r\n"),
                ("no length", SIP, HEAD + b"\r\n"),
                ("RTCP cut short", RTP + 1, b"\x81\xc8\x00\x20" + bytes(24)),
                ("no RTP", RTP, b"hello, this is no voice at all")):
            with self.subTest(name):
                self.assertTrue(findings((port, payload)), name)

    def test_does_not_judge_others(self):
        self.assertEqual([], findings((6060, b"nonsense of somebody else")))


if __name__ == "__main__":
    unittest.main()
