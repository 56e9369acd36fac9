"""Our ends of the WebSocket interop tests as processes, and what every peer is asked."""
import asyncio
import contextlib
import os
import selectors
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

DEBIANS_PYTHON = "/usr/bin/python3"
try:
    import websockets
except ImportError:
    if sys.executable == DEBIANS_PYTHON:
        sys.exit("python3-websockets is not installed: run scripts/setup.sh as root")
    os.execv(DEBIANS_PYTHON, [DEBIANS_PYTHON, *sys.argv])

PATIENCE = 60     # seconds, for whatever a peer is to do; machines may be busy
ODD_TEXT = "\u00e4\u20ac\U0001f600"


def expect(holds, text):
    if not holds:
        sys.exit(f"FAILED: {text}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(PATIENCE * 20):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    sys.exit(f"FAILED: nobody listens on port {port}")


@contextlib.contextmanager
def process(command, **more):
    with subprocess.Popen(command, **more) as one:
        try:
            yield one
        finally:
            one.terminate()
            try:
                one.wait(10)
            except subprocess.TimeoutExpired:
                one.kill()


class Certificate:
    """A certificate of its own for localhost, made by openssl, and the context that trusts it."""

    def __init__(self, folder):
        self.file, self.key = f"{folder}/cert.pem", f"{folder}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", self.key, "-out", self.file, "-days", "2", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            check=True, capture_output=True)
        self.trust = ssl.create_default_context(cafile=self.file)
        self.serve = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.serve.load_cert_chain(self.file, self.key)


class OurServer:
    """websocket_peer serve: plain and TLS on one port."""

    def __init__(self, running):
        self.running = running
        self.port = int(self.line())

    def line(self):
        """The next line that it prints."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.running.stdout, selectors.EVENT_READ)
            deadline = time.monotonic() + PATIENCE
            text = b""
            while not text.endswith(b"\n"):
                expect(selector.select(deadline - time.monotonic()), "our server says nothing")
                octet = self.running.stdout.read(1)
                expect(octet, "our server has ended")
                text += octet
        return text.decode().rstrip("\n")


@contextlib.contextmanager
def our_server(peer, folder, certificate):
    with process([peer, "serve", folder, certificate.file, certificate.key],
                 stdout=subprocess.PIPE, bufsize=0) as one:
        yield OurServer(one)


async def talk(url, **options):
    """What any client does, by python3-websockets; compression as that offers it."""
    async with websockets.connect(url, subprotocols=["chat"], max_size=None, **options) as peer:
        expect(peer.subprotocol == "chat", f"{url}: the subprotocol")
        for message in ("hello", "", ODD_TEXT * 1000, b"\0\xff" * 40000, "x" * 1_000_000,
                        os.urandom(3_000_000)):
            await peer.send(message)
            expect(await asyncio.wait_for(peer.recv(), PATIENCE) == message,
                   f"{url}: a message of {len(message)} came back otherwise")
        await peer.send(["frag", "ment", "ed"])
        expect(await asyncio.wait_for(peer.recv(), PATIENCE) == "fragmented", f"{url}: fragments")
        await asyncio.wait_for(await peer.ping(b"are you there"), PATIENCE)
        await peer.send("who am I?")
        remote = await asyncio.wait_for(peer.recv(), PATIENCE)
        await peer.send("go away")
        with contextlib.suppress(websockets.ConnectionClosed):
            await asyncio.wait_for(peer.recv(), PATIENCE)
        expect((peer.close_code, peer.close_reason) == (4000, "as you wish"),
               f"{url}: closed with {peer.close_code} {peer.close_reason}")
        return remote


async def many(url, count, **options):
    async def one(number):
        async with websockets.connect(url, **options) as peer:
            for i in range(20):
                await peer.send(f"{number} {i}")
                expect(await peer.recv() == f"{number} {i}", "messages mixed up")
    await asyncio.gather(*(one(number) for number in range(count)))


def our_client(peer, url, *options):
    """Our client says three texts, hears them again, and leaves in order."""
    texts = ["hello", "long " * 20_000, ODD_TEXT]
    said = subprocess.run([peer, "ask", url, *options, *texts], capture_output=True,
                          timeout=PATIENCE, check=False).stdout.decode()
    expect(said == "\n".join([*texts, "closed 1001 cleanly", ""]),
           f"our client at {url}: {said[:80]} ... {said[-80:]}")
