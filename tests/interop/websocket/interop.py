#!/usr/bin/env python3
"""Our WebSocket server and client against programs of others, as live processes on loopback:
Debian's python3-websockets (both ways), curl, and nginx and Apache in front of us.

    interop.py BUILD_FOLDER

Runs with Debian's own Python, which has the websockets module. A program that is not installed
fails the run.
"""
import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEBIANS_PYTHON = "/usr/bin/python3"
try:
    import websockets
except ImportError:
    if sys.executable == DEBIANS_PYTHON:
        sys.exit("python3-websockets is not installed: run scripts/setup.sh as root")
    os.execv(DEBIANS_PYTHON, [DEBIANS_PYTHON, *sys.argv])

NGINX = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{ours}; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
      proxy_set_header X-Forwarded-For 192.0.2.44; proxy_set_header Host $host;
    }}
  }}
}}
"""
APACHE = """\
ServerRoot {folder}
PidFile {folder}/apache.pid
ServerName localhost
Listen 127.0.0.1:{port}
ErrorLog {folder}/apache.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
LoadModule proxy_wstunnel_module /usr/lib/apache2/modules/mod_proxy_wstunnel.so
ProxyPass "/" "http://127.0.0.1:{ours}/" upgrade=websocket
"""


def expect(holds, text):
    if not holds:
        sys.exit(f"FAILED: {text}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
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
            one.wait()


@contextlib.contextmanager
def our_server(peer, folder):
    with process([peer, "serve", folder], text=True, stdout=subprocess.PIPE) as one:
        yield int(one.stdout.readline())


async def talk(url, **options):
    """What any client does, by python3-websockets; compression as that offers it."""
    async with websockets.connect(url, subprotocols=["chat"], max_size=None, **options) as peer:
        expect(peer.subprotocol == "chat", f"{url}: the subprotocol")
        for message in ("hello", "", "\u00e4\u20ac\U0001f600" * 1000, b"\0\xff" * 40000,
                        "x" * 1_000_000, os.urandom(3_000_000)):
            await peer.send(message)
            expect(await asyncio.wait_for(peer.recv(), 20) == message,
                   f"{url}: a message of {len(message)} came back otherwise")
        await peer.send(["frag", "ment", "ed"])
        expect(await asyncio.wait_for(peer.recv(), 20) == "fragmented", f"{url}: fragments")
        await asyncio.wait_for(await peer.ping(b"are you there"), 20)
        await peer.send("who am I?")
        remote = await asyncio.wait_for(peer.recv(), 20)
        await peer.send("go away")
        with contextlib.suppress(websockets.ConnectionClosed):
            await asyncio.wait_for(peer.recv(), 20)
        expect((peer.close_code, peer.close_reason) == (4000, "as you wish"),
               f"{url}: closed with {peer.close_code} {peer.close_reason}")
        return remote


async def many(url, count):
    async def one(number):
        async with websockets.connect(url) as peer:
            for i in range(20):
                await peer.send(f"{number} {i}")
                expect(await peer.recv() == f"{number} {i}", "messages mixed up")
    await asyncio.gather(*(one(number) for number in range(count)))


def python_clients(port):
    url = f"ws://127.0.0.1:{port}/chat"
    expect(asyncio.run(talk(url)) == "127.0.0.1", "the remote address")
    asyncio.run(talk(url, compression=None))
    asyncio.run(many(url, 100))


def behind_nginx(port, folder):
    front = free_port()
    Path(folder, "nginx.conf").write_text(NGINX.format(folder=folder, port=front, ours=port),
                                          encoding="utf-8")
    with process(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf", "-e",
                  f"{folder}/nginx.log"]):
        wait_for(front)
        remote = asyncio.run(talk(f"ws://127.0.0.1:{front}/chat"))
        expect(remote == "192.0.2.44", f"nginx says who it is, we heard {remote}")
        asyncio.run(many(f"ws://127.0.0.1:{front}/chat", 20))


def behind_apache(port, folder):
    front = free_port()
    Path(folder, "apache.conf").write_text(APACHE.format(folder=folder, port=front, ours=port),
                                           encoding="utf-8")
    with process(["apache2", "-X", "-f", f"{folder}/apache.conf"]):
        wait_for(front)
        asyncio.run(talk(f"ws://127.0.0.1:{front}/chat"))


def curl(*arguments):
    return subprocess.run(["curl", "-sS", "--max-time", "20", *arguments], check=True,
                          capture_output=True).stdout


def by_curl(port, folder):
    base = f"http://127.0.0.1:{port}"
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
    expect(status == b"304" or not tag, "curl: not modified")
    expect(curl("--path-as-is", "-o", os.devnull, "-w", "%{http_code}",
                f"{base}/files/../../etc/passwd") != b"", "curl: a path that leads out")
    expect(curl("-d", "a=1", f"{base}/x?y") == b"POST /x?y a=1", "curl: a form")
    expect(curl("-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue", "-T",
                f"{folder}/text.html", f"{base}/up").startswith(b"PUT /up <p>"),
           "curl: an upload in chunks")
    expect(curl(f"{base}/1", f"{base}/2", f"{base}/3") == b"GET /1 GET /2 GET /3 ",
           "curl: three requests on one connection")
    expect(curl("-0", f"{base}/old") == b"GET /old ", "curl: HTTP/1.0")
    expect(curl("-I", f"{base}/files/text.html").startswith(b"HTTP/1.1 200 OK"), "curl: HEAD")


async def serve_and_ask(peer, compression):
    """Our client against the server of python3-websockets."""
    async def echo(connection, _path=None):
        async for message in connection:
            await connection.send(message)

    async with websockets.serve(echo, "127.0.0.1", 0, compression=compression,
                                max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        long = "long " * 20_000
        asked = await asyncio.create_subprocess_exec(
            peer, "ask", f"ws://127.0.0.1:{port}/", "hello", long, "\u00e4\u20ac",
            stdout=asyncio.subprocess.PIPE)
        said, _ = await asyncio.wait_for(asked.communicate(), 30)
    expect(said.decode() == f"hello\n{long}\n\u00e4\u20ac\nclosed 1001 cleanly\n",
           f"our client, compression {compression}: {said[:80]} ... {said[-60:]}")


def main():
    peer = str(Path(sys.argv[1]).resolve() / "tests" / "interop" / "websocket" / "websocket_peer")
    for program in ("curl", "nginx", "apache2"):
        expect(shutil.which(program), f"{program} is not installed: run scripts/setup.sh as root")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with our_server(peer, folder) as port:
            for name, case in (("python3-websockets", lambda: python_clients(port)),
                               ("curl", lambda: by_curl(port, folder)),
                               ("nginx in front", lambda: behind_nginx(port, folder)),
                               ("Apache in front", lambda: behind_apache(port, folder))):
                case()
                print(f"ok: {name}", flush=True)
    for compression in (None, "deflate"):
        asyncio.run(serve_and_ask(peer, compression))
        print(f"ok: our client, server of python3-websockets, compression {compression}")


if __name__ == "__main__":
    main()
