#!/usr/bin/env python3
"""WebSocket servers under one load generator: ours, libwebsockets, Boost.Beast and npm's ws.

Echo of 64 octets and 16 KiB over 1, 200 and 10,000 connections, plain, TLS and compressed (without
windows kept from message to message, all at zlib's level 1), and one message to 10,000. Servers run
on the last core, the generator on the first; rounds are interleaved, figures are medians. A server
that can't do a cell is left out of it, and that is said. STROWGER_BENCH_QUICK=1: fewer and shorter
rounds, 1,000 connections in place of 10,000.
"""
import json
import os
import resource
import select
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "release" / "bench"
OURS, LWS, BEAST, WS = "strowger", "libwebsockets", "Beast", "npm ws"
NAMES = [OURS, LWS, BEAST, WS]
QUICK = os.environ.get("STROWGER_BENCH_QUICK", "") not in ("", "0")
MODES = ["plain", "tls", "deflate"]
SIZES = [64, 16384]
MANY = 1_000 if QUICK else 10_000
ROUNDS, SECONDS = (2, 0.4) if QUICK else (5, 0.6)
MANY_ROUNDS, MANY_SECONDS = (1, 0.6) if QUICK else (2, 1.5)
TIMES_BEAST = {64: 1.9, 16384: 2.2}  # messages a server CPU second, plain, 200 connections
IDLE_OCTETS = 2048
LONGEST = 90  # seconds that an answer may take


class Failed(Exception):
    """A server or its load gave no answer."""


def program(name, mode):
    if name == WS:
        return ["node", str(HERE / "websocket_peer_ws.js")]
    file = {OURS: "websocket_echo", LWS: "websocket_peer_lws",
            BEAST: "websocket_peer_beast_tls" if mode == "tls" else "websocket_peer_beast"}
    return [str(BUILD / file[name])]


class Process:
    def __init__(self, core, command):
        # Where Debian's modules are, for whatever node is first on the path.
        environment = {"NODE_PATH": "/usr/share/nodejs", **os.environ}
        self.process = subprocess.Popen(["taskset", "-c", str(core), *command], text=True,
                                        bufsize=1, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment)

    def read(self):
        ready, _, _ = select.select([self.process.stdout], [], [], LONGEST)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise Failed
        return line.strip()

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
        except OSError as error:
            raise Failed from error
        return json.loads(self.read())

    def end(self):
        self.process.kill()
        self.process.wait()


class Pair:
    """A server, and the load generator with its connections."""

    def __init__(self, name, mode, connections, certificate):
        self.processes = []
        try:
            server = self.start(os.cpu_count() - 1, [*program(name, mode), mode, *certificate])
            port = server.read()
            self.load = self.start(0, [str(BUILD / "websocket_load"), port,
                                       str(server.process.pid), mode, str(connections)])
            self.memory = json.loads(self.load.read())["octets_a_connection"]
        except Failed:
            self.end()
            raise

    def start(self, core, command):
        self.processes.append(Process(core, command))
        return self.processes[-1]

    def end(self):
        for process in reversed(self.processes):
            process.end()


class Table:
    """What was heard: by cell and server, a list of answers."""

    def __init__(self):
        self.heard = {}
        self.missing = set()

    def add(self, cell, name, answer):
        self.heard.setdefault(cell, {}).setdefault(name, []).append(answer)

    def leave_out(self, name, what):
        if name == OURS:
            raise SystemExit(f"our own server failed: {what}")
        if (name, what) not in self.missing:
            self.missing.add((name, what))
            print(f"left out: {name}, {what}: no answer", flush=True)

    def median(self, cell, name, key):
        return statistics.median(one[key] for one in self.heard[cell][name])


def tell(title, name, value, unit, **more):
    goal = " ".join(f"{key} {number:.2f}" for key, number in more.items())
    print(f"{title:<60} {name:<14} {value:>12,.0f} {unit} {goal}", flush=True)
    if path := os.environ.get("STROWGER_BENCH_RESULTS"):
        row = {"bench": "websocket", "title": title, "name": name, "value": value, "unit": unit}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({**row, **more}) + "\n")


def report(table, cell, where, goal=None):
    """`goal(names, median)`: what our messages a CPU second must reach."""
    names = [name for name in NAMES if name in table.heard[cell]]

    def median(name, key="a_cpu_second"):
        return table.median(cell, name, key)

    for name in names:
        more = {"ratio": median(OURS) / median(name)}
        if name == OURS:
            more = {"at_least": goal(names, median)} if goal else {}
        tell(f"{where}: messages a server CPU second", name, median(name), "/s", **more)
    for key, what, unit in (("a_second", "messages a second", "/s"), ("p50_us", "p50", "us"),
                            ("p99_us", "p99", "us")):
        for name in names:
            tell(f"{where}: {what}", name, median(name, key), unit)


def goal_of(mode, octets, connections):
    def goal(names, median):
        least = median(LWS) if LWS in names else 0
        if (mode, connections) == ("plain", 200) and BEAST in names:
            least = max(least, TIMES_BEAST[octets] * median(BEAST))
        return least
    return goal


def few(table, mode, connections, certificate):
    """All servers stand there together; one at a time is used."""
    with ExitStack() as stack:
        pairs = {}
        for name in NAMES:
            try:
                pairs[name] = Pair(name, mode, connections, certificate)
                stack.callback(pairs[name].end)
            except Failed:
                table.leave_out(name, mode)
        for _ in range(ROUNDS):
            for octets in SIZES:
                for name in list(pairs):
                    try:
                        answer = pairs[name].load.ask(f"echo {octets} {SECONDS}")
                        table.add((mode, octets, connections), name, answer)
                    except Failed:
                        pairs.pop(name)
                        table.leave_out(name, f"{mode}, {octets} octets, {connections}")


def many(table, mode, certificate):
    """One server after another, as memory is what they need most."""
    for _ in range(MANY_ROUNDS):
        for name in NAMES:
            try:
                pair = Pair(name, mode, MANY, certificate)
            except Failed:
                table.leave_out(name, f"{mode}, {MANY} connections")
                continue
            try:
                table.add((mode, "memory"), name, {"octets": pair.memory})
                for octets in SIZES:
                    answer = pair.load.ask(f"echo {octets} {MANY_SECONDS}")
                    table.add((mode, octets, MANY), name, answer)
                for octets in SIZES if mode != "tls" else []:
                    answer = pair.load.ask(f"broadcast {octets} {3 if mode == 'deflate' else 5}")
                    table.add((mode, octets, "broadcast"), name, answer)
            except Failed:
                table.leave_out(name, f"{mode}, {MANY} connections")
            finally:
                pair.end()


def make_certificate(folder):
    files = [str(Path(folder, name)) for name in ("certificate.pem", "key.pem")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-days", "2",
                    "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def main():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < MANY + 100:
        sys.exit(f"needs {MANY + 100} descriptors, has {hard}: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), min(hard, 65_536)))
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(folder)
        for mode in MODES:
            for connections in (1, 200):
                few(table, mode, connections, certificate)
                for octets in SIZES:
                    report(table, (mode, octets, connections),
                           f"{mode}, {octets} octets, {connections} connections",
                           goal_of(mode, octets, connections))
            many(table, mode, certificate)
            for octets in SIZES:
                report(table, (mode, octets, MANY), f"{mode}, {octets} octets, {MANY} connections",
                       goal_of(mode, octets, MANY))
            for octets in SIZES if mode != "tls" else []:
                report(table, (mode, octets, "broadcast"),
                       f"{mode}, one message of {octets} octets to {MANY}",
                       goal_of(mode, octets, "broadcast"))
            for name in table.heard[(mode, "memory")]:
                memory = table.median((mode, "memory"), name, "octets")
                more = {"at_most": IDLE_OCTETS} if (name, mode) == (OURS, "plain") else {}
                tell(f"resident memory an idle connection, {mode}", name, memory, "octets", **more)


if __name__ == "__main__":
    main()
