#!/usr/bin/env python3
"""Our WebSocket server and client against programs of others, as live processes on loopback:
Debian's python3-websockets and npm ws (both ways), Chromium, curl, and nginx and Apache in front
of us; plain and with TLS, with a certificate made for the run.

    interop.py BUILD_FOLDER [NAME...]     all peers, or those named

Runs with Debian's own Python, which has the websockets module. A program that is not installed
fails the run.
"""
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import proxies
from peers import (PATIENCE, Certificate, expect, many, our_client, our_server, process, talk,
                   websockets)

HERE = Path(__file__).resolve().parent
# Where Debian keeps npm packages; a node from elsewhere does not look there by itself.
NODE = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}


def python_clients(_peer, ours, _folder, certificate):
    plain, secure = f"ws://127.0.0.1:{ours.port}/chat", f"wss://localhost:{ours.port}/chat"
    expect(asyncio.run(talk(plain)) == "127.0.0.1", "the remote address")
    asyncio.run(talk(plain, compression=None))
    asyncio.run(talk(secure, ssl=certificate.trust))
    asyncio.run(talk(secure, ssl=certificate.trust, compression=None))
    asyncio.run(many(plain, 100))
    asyncio.run(many(secure, 50, ssl=certificate.trust))


async def _ask_python(peer, certificate, secure, compression):
    async def echo(connection, _path=None):
        async for message in connection:
            await connection.send(message)

    context = certificate.serve if secure else None
    async with websockets.serve(echo, "127.0.0.1", 0, compression=compression, max_size=None,
                                ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.to_thread(our_client, peer, f"ws{'s' * secure}://localhost:{port}/",
                                f"ca={certificate.file}")


def python_servers(peer, _ours, _folder, certificate):
    for secure in (False, True):
        for compression in (None, "deflate"):
            asyncio.run(_ask_python(peer, certificate, secure, compression))


def npm_clients(_peer, ours, _folder, certificate):
    for url in (f"ws://127.0.0.1:{ours.port}/", f"wss://localhost:{ours.port}/"):
        done = subprocess.run(["node", HERE / "npm_peer.js", "client", url, certificate.file],
                              env=NODE, timeout=2 * PATIENCE, check=False)
        expect(done.returncode == 0, f"npm ws at {url}")


def npm_servers(peer, _ours, _folder, certificate):
    for secure in (False, True):
        files = [certificate.file, certificate.key] if secure else []
        with process(["node", HERE / "npm_peer.js", "server", *files], env=NODE, text=True,
                     stdout=subprocess.PIPE) as node:
            port = int(node.stdout.readline())
            our_client(peer, f"ws{'s' * secure}://localhost:{port}/", f"ca={certificate.file}")


def chromium(_peer, ours, folder, _certificate):
    """A page of our own server opens WebSockets to it and posts what came of them."""
    shutil.copy(HERE / "browser.html", folder)
    for scheme in ("http", "https"):
        page = f"{scheme}://127.0.0.1:{ours.port}/files/browser.html"
        with open(f"{folder}/chromium.log", "wb") as log, process(
                ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-dev-shm-usage", "--ignore-certificate-errors",
                 f"--user-data-dir={folder}/chromium-{scheme}", page], stdout=log, stderr=log):
            lines = []
            while not lines or lines[-1] != "end":
                lines.append(ours.line())
        failed = [line for line in lines[:-1] if not line.startswith("ok ")]
        expect(not failed and len(lines) == 13, f"Chromium, {scheme}: {failed or lines}")


def _curl(*arguments):
    return subprocess.run(["curl", "-sS", "--max-time", str(PATIENCE), *arguments], check=True,
                          capture_output=True).stdout


def _curl_asks(base, folder, trust):
    def curl(*arguments):
        return _curl(*trust, *arguments)

    content = os.urandom(3_000_000)
    Path(folder, "random.bin").write_bytes(content)
    Path(folder, "text.html").write_text("<p>text</p>" * 1000, encoding="utf-8")
    expect(curl(f"{base}/files/random.bin") == content, "curl: a file")
    expect(curl("-r", "1000-1999", f"{base}/files/random.bin") == content[1000:2000],
           "curl: a part of a file")
    expect(curl("--compressed", f"{base}/files/text.html") == b"<p>text</p>" * 1000, "curl: gzip")
    tag = curl("-o", f"{folder}/out", "-w", "%header{etag}", f"{base}/files/text.html").decode()
    status = curl("-o", os.devnull, "-w", "%{http_code}", "-H", f"If-None-Match: {tag}",
                  f"{base}/files/text.html")
    expect(tag and status == b"304", "curl: not modified")
    out = curl("--path-as-is", "-w", "%{http_code}", f"{base}/files/../../etc/passwd")
    expect(b"root:" not in out, "curl: a path that leads out")
    expect(curl("-d", "a=1", f"{base}/x?y") == b"POST /x?y a=1", "curl: a form")
    expect(curl("-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue", "-T",
                f"{folder}/text.html", f"{base}/up").startswith(b"PUT /up <p>"),
           "curl: an upload in chunks")
    expect(curl(f"{base}/1", f"{base}/2", f"{base}/3") == b"GET /1 GET /2 GET /3 ",
           "curl: three requests on one connection")
    # In TLS it would offer http/1.0 alone, which we don't: RFC 7301 3.2 refuses that.
    expect(curl("-0", "--no-alpn", f"{base}/old") == b"GET /old ", "curl: HTTP/1.0")
    expect(curl("-I", f"{base}/files/text.html").startswith(b"HTTP/1.1 200 OK"), "curl: HEAD")


def _curl_shakes_hands(base, trust):
    """Debian's curl has no WebSocket; it can say what one says first, and print the answer."""
    fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    arguments = [word for field in fields for word in ("-H", field)]
    # stdbuf: lines are to be seen as they come, since nobody ends this connection.
    with process(["stdbuf", "-oL", "curl", "-sS", "-i", "-N", "--http1.1", "--max-time",
                  str(PATIENCE), *trust, *arguments, f"{base}/chat"],
                 stdout=subprocess.PIPE) as one:
        lines = []
        while not lines or lines[-1] not in (b"\r\n", b""):
            lines.append(one.stdout.readline())
    expect(lines[0].startswith(b"HTTP/1.1 101 ") and
           b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in lines,
           f"curl: the handshake was answered {lines}")


def curl_client(_peer, ours, folder, certificate):
    for base, trust in ((f"http://127.0.0.1:{ours.port}", ()),
                        (f"https://localhost:{ours.port}", ("--cacert", certificate.file))):
        _curl_asks(base, folder, trust)
        _curl_shakes_hands(base, trust)


CASES = {
    "python3-websockets": ("/usr/bin/python3", python_clients),
    "python3-websockets, our client": ("/usr/bin/python3", python_servers),
    "npm ws": ("node", npm_clients),
    "npm ws, our client": ("node", npm_servers),
    "Chromium": ("chromium", chromium),
    "curl": ("curl", curl_client),
    "nginx in front": ("nginx", proxies.nginx),
    "Apache in front, and as forward proxy": ("apache2", proxies.apache),
}


def main():
    peer = str(Path(sys.argv[1]).resolve() / "tests" / "interop" / "websocket" / "websocket_peer")
    wanted = sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        certificate = Certificate(folder)
        with our_server(peer, folder, certificate) as ours:
            for name, (program, case) in CASES.items():
                if wanted and not any(part in name for part in wanted):
                    continue
                expect(shutil.which(program),
                       f"{program} is not installed: run scripts/setup.sh as root")
                case(peer, ours, folder, certificate)
                print(f"ok: {name}", flush=True)


if __name__ == "__main__":
    main()
