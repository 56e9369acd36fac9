#!/usr/bin/env python3
"""Thousands of WebSocket peers against our server through real sockets, most of them bad, coming
and going for as long as it is told.

    churn.py BUILD_FOLDER MINUTES [PEERS]     10,000 at once unless told otherwise

Those who behave must hear their words again, every other must be shown the door in the way that is
made for it, and in the end the server must hold no connection, no descriptor and no memory more
than after the first minutes. How long echoes took is printed: a machine at work is no stopwatch.
"""
import collections
import heapq
import random
import resource
import selectors
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import zlib
from pathlib import Path

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = (b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: " + KEY + b"\r\nSec-WebSocket-Version: 13\r\n")
GROWTH = 8 << 20     # octets of resident memory, once every way has had its time


def frame(first, payload):
    size = len(payload)
    head = (bytes([first, 0x80 | size]) if size < 126 else
            struct.pack(">BBH", first, 0x80 | 126, size) if size < 65536 else
            struct.pack(">BBQ", first, 0x80 | 127, size))
    return head + b"\0\0\0\0" + payload


def bomb():
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflater.compress(bytes(4 << 20)) + deflater.flush(zlib.Z_SYNC_FLUSH)
    return frame(0xc2, packed[:-4])


BOMB = bomb()
HELLO = frame(0x81, b"hello")
ECHO = b"\x81\x05hello"
CLOSE = frame(0x88, b"\x03\xe8")
# What is sent behind the handshake, what the server must say in the end, and whether it is read.
# None: the connection ends without a word.
WAYS = {
    "polite": None,
    "half request": b"HTTP/1.1 408 ",
    "slow request": b"HTTP/1.1 408 ",
    "header flood": b"HTTP/1.1 431 ",
    "other page": b"HTTP/1.1 403 ",
    "slow reader": None,
    "half open": None,
    "never closes": b"\x88\x02\x03\xe8",
    "bomb": b"\x03\xf1message_too_big",
    "bad text": b"\x03\xefinvalid_text",
    "bad frame": b"\x03\xeareserved_opcode",
    "lost": None,
}
AFTER = {"bomb": BOMB, "bad text": frame(0x81, b"\xed\xa0\x80"), "bad frame": frame(0x83, b""),
         "never closes": frame(0x81, b"close me")}


class Peer:
    def __init__(self, way, port, number):
        self.way, self.heard, self.step, self.asked = way, b"", 0, 0.0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        # Many addresses, so that there are ports for all who have just left.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)
        self.socket.bind((f"127.0.{number // 200 % 200}.{number % 200 + 2}", 0))
        self.socket.connect_ex(("127.0.0.1", port))

    def begin(self):
        if self.way == "half request":
            return REQUEST
        if self.way == "slow request":
            return REQUEST[:20]
        if self.way == "header flood":
            return REQUEST + b"X: y\r\n" * 3000
        more = {"other page": b"Origin: http://elsewhere\r\n",
                "bomb": b"Sec-WebSocket-Extensions: permessage-deflate\r\n"}.get(self.way, b"")
        return REQUEST + more + b"\r\n"


class Churn:
    def __init__(self, server, port, count):
        self.server, self.port, self.count = server, port, count
        self.selector, self.peers, self.due = selectors.DefaultSelector(), set(), []
        self.ends, self.wrong, self.echoes = collections.Counter(), collections.Counter(), []
        self.number, self.most, self.unheard = 0, 0, 0
        self.random = random.Random(1)

    def come(self, now):
        peer = Peer(list(WAYS)[self.number % len(WAYS)], self.port, self.number)
        self.number += 1
        self.peers.add(peer)
        self.most = max(self.most, len(self.peers))
        self.selector.register(peer.socket, selectors.EVENT_READ, peer)
        self.later(peer, now, self.random.uniform(0.1, 1))

    def later(self, peer, now, seconds):
        heapq.heappush(self.due, (now + seconds, id(peer), peer))

    def act(self, peer, now):
        """The next thing that a peer of its way does."""
        peer.step += 1
        if peer.step == 1:
            self.send(peer, peer.begin())
            self.later(peer, now, 2)
        elif peer.way == "slow request":
            self.send(peer, b"x")
            self.later(peer, now, 1)
        elif peer.way == "polite":
            peer.asked = now
            self.send(peer, HELLO if peer.step < 8 else CLOSE)
            if peer.step < 8:
                self.later(peer, now, self.random.uniform(1, 4))
        elif peer.way == "slow reader":
            if peer.step == 2:
                self.selector.unregister(peer.socket)
            elif peer.step > 30:
                self.gone(peer)      # a full kernel shows no end of the stream
                return
            self.send(peer, frame(0x82, bytes(60000)))
            self.later(peer, now, 1)
        elif peer.way == "lost":
            self.send(peer, HELLO)
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.gone(peer)
        elif peer.step == 2 and peer.way in AFTER:
            self.send(peer, AFTER[peer.way])

    def send(self, peer, octets):
        try:
            peer.socket.send(octets)
        except OSError:
            self.gone(peer)

    def hear(self, peer, now):
        try:
            octets = peer.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        if not octets:
            self.gone(peer)
            return
        peer.heard = (peer.heard + octets)[-4096:]
        if peer.way == "polite" and peer.heard.endswith(ECHO):
            self.echoes.append(now - peer.asked)
            peer.heard = b"echoed"

    def gone(self, peer):
        if peer not in self.peers:
            return
        self.peers.remove(peer)
        if peer.socket.fileno() in self.selector.get_map():
            self.selector.unregister(peer.socket)
        peer.socket.close()
        self.ends[peer.way] += 1
        wanted = WAYS[peer.way]
        if not peer.heard and peer.step < 3 and peer.way != "lost":
            self.unheard += 1      # turned away by a full kernel, or by us: see the report
            return
        well = (wanted is None or wanted in peer.heard) and (
            peer.way != "polite" or (peer.step == 8 and b"\x88\x02\x03\xe8" in peer.heard))
        if not well:
            self.wrong[f"{peer.way}: step {peer.step}, heard {peer.heard[:40]}"] += 1

    def turn(self):
        now = time.monotonic()
        while self.due and self.due[0][0] <= now:
            peer = heapq.heappop(self.due)[2]
            if peer in self.peers:
                self.act(peer, now)
        for key, _ in self.selector.select(0.01):
            self.hear(key.data, time.monotonic())

    def holds(self):
        """Descriptors and resident octets of the server."""
        status = Path(f"/proc/{self.server.pid}/status").read_text(encoding="ascii")
        resident = int(status.split("VmRSS:")[1].split()[0]) << 10
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir())), resident

    def run(self, seconds):
        begin = time.monotonic()
        before = self.holds()
        most, told, looked = 0, begin, begin
        settled = max(seconds / 5, min(60, seconds))
        while (now := time.monotonic()) < begin + seconds:
            for _ in range(min(200, self.count - len(self.peers))):
                self.come(now)
            self.turn()
            if now > looked + 1:
                looked = now
                most = max(most, self.holds()[1] if now < begin + settled else 0)
            if now > told + 10:
                told = now
                print(f"{now - begin:5.0f} s: {len(self.peers)} peers, {sum(self.ends.values())} "
                      f"gone, server holds {self.holds()}", flush=True)
        while self.peers and time.monotonic() < begin + seconds + 120:
            self.turn()
        return before, most


def report(churn, port, before, most):
    deadline = time.monotonic() + 30
    while (held := churn.holds())[0] > before[0] and time.monotonic() < deadline:
        time.sleep(0.1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counters", timeout=30) as answer:
        counters = answer.read().decode()
    print(counters)
    turned_away = churn.number + 1 - int(counters.split()[1].rstrip(","))
    times = sorted(churn.echoes)
    print(f"{churn.number} peers, {churn.most} at once; {len(times)} echoes, half within "
          f"{times[len(times) // 2] * 1e3:.1f} ms, 99 of 100 within "
          f"{times[len(times) * 99 // 100] * 1e3:.1f} ms")
    print(f"descriptors: {before[0]} before, {held[0]} after; resident: {most >> 10} KiB "
          f"at most at first, {held[1] >> 10} KiB after")
    faults = [f"{count} x {text}" for text, count in churn.wrong.most_common(10)]
    if churn.unheard > turned_away:
        faults.append(f"{churn.unheard} heard nothing, the kernel turned away {turned_away}")
    if churn.peers:
        faults.append(f"{len(churn.peers)} peers never ended")
    if held[0] > before[0]:
        faults.append("descriptors are left")
    if held[1] > most + GROWTH:
        faults.append("memory has grown")
    return faults


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    peer = Path(sys.argv[1]).resolve() / "tests" / "interop" / "websocket" / "websocket_peer"
    count = int(sys.argv[3]) if len(sys.argv) == 4 else 10_000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < count + 500:
        sys.exit(f"the limit of open files is {hard}, too low for {count} peers")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with subprocess.Popen([peer, "crowd", str(count + 1000)], text=True,
                          stdout=subprocess.PIPE) as server:
        port = int(server.stdout.readline())
        churn = Churn(server, port, count)
        try:
            before, most = churn.run(float(sys.argv[2]) * 60)
            faults = report(churn, port, before, most)
        finally:
            server.terminate()
    for fault in faults:
        print(f"FAILED: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
