#!/usr/bin/env python3
"""WebSocket echo servers under one load generator: ours, Boost.Beast and libwebsockets.

Each server is alone on the last core while it is measured, the generator on the first; rounds are
interleaved, figures are medians. --quick: fewer cells, for a look.
"""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build" / "release" / "bench"
SERVERS = {"strowger": "websocket_echo", "Beast": "websocket_peer_beast",
           "libwebsockets": "websocket_peer_lws"}
GOALS = {64: 1.9, 16384: 2.2}  # times Beast, messages a server CPU second at 200 connections
CELLS = [(64, 1), (64, 200), (16384, 1), (16384, 200), (64, 10000), (16384, 10000)]
IDLE_CONNECTIONS = 5000


def on_core(core, command):
    return ["taskset", "-c", str(core), *command]


class Server:
    def __init__(self, name):
        program = str(BUILD / SERVERS[name])
        self.process = subprocess.Popen(on_core(os.cpu_count() - 1, [program]), text=True,
                                        stdout=subprocess.PIPE)
        self.port = self.process.stdout.readline().strip()

    def load(self, connections, octets, seconds, *more):
        command = [str(BUILD / "websocket_load"), self.port, str(self.process.pid),
                   str(connections), str(octets), str(seconds), *more]
        said = subprocess.run(on_core(0, command), check=True, text=True, capture_output=True)
        return json.loads(said.stdout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def tell(title, name, value, unit, **more):
    goal = " ".join(f"{key} {number:.2f}" for key, number in more.items())
    print(f"{title:<44} {name:<14} {value:>12,.0f} {unit} {goal}", flush=True)
    if path := os.environ.get("STROWGER_BENCH_RESULTS"):
        row = {"bench": "websocket", "title": title, "name": name, "value": value, "unit": unit}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({**row, **more}) + "\n")


def cell(octets, connections, rounds, seconds):
    heard = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name in SERVERS:
            with Server(name) as server:
                heard[name].append(server.load(connections, octets, seconds))

    def median(name, key):
        return statistics.median(one[key] for one in heard[name])

    ours = median("strowger", "a_cpu_second")
    where = f"{octets} octets, {connections} connections"
    for name in SERVERS:
        value = median(name, "a_cpu_second")
        more = {}
        if name != "strowger":
            more["ratio"] = ours / value
        elif connections == 200:
            more["at_least"] = GOALS[octets] * median("Beast", "a_cpu_second")
        tell(f"{where}: messages a server CPU second", name, value, "/s", **more)
    for key, unit in (("a_second", "/s"), ("p50_us", "us"), ("p99_us", "us")):
        for name in SERVERS:
            tell(f"{where}: {key}", name, median(name, key), unit)


def main():
    quick = "--quick" in sys.argv
    for octets, connections in CELLS[:4] if quick else CELLS:
        cell(octets, connections, 3 if quick else 5, 1 if quick else 2)
    for name in SERVERS:
        with Server(name) as server:
            memory = server.load(IDLE_CONNECTIONS, 64, 0, "idle")["octets_a_connection"]
            more = {"at_most": 2048} if name == "strowger" else {}
            tell("resident memory an idle plain connection", name, memory, "octets", **more)


if __name__ == "__main__":
    main()
