#!/usr/bin/env python3
"""Lateness of the 1 kHz tick beside cyclictest's, idle and under load.

For each load every contender runs in turn, in many short rounds (together a minute each, or
STROWGER_TICK_SECONDS; a virtual machine is held up by its host for a while now and then, which a
median of many rounds bears), at the same real-time priority, with processors kept from idle
states (as cyclictest does unless told otherwise). The load is the same process all the while.
Figures are the median of the rounds, the maximum that of all. cyclictest cuts its figures down to
whole microseconds; half a microsecond is added to them. Its wake-ups are compared with our
wake-ups.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
STROWGER = ROOT / "build" / "release" / "strowger"
PRIORITY = "80"
ROUNDS = 20
PASS_SECONDS = 1.024
LOADS = ["none", "cpu", "disk", "memory", "net"]
FIGURES = ["p50", "p99", "p99.9", "max"]
MOST_HYBRID_P50 = 2.0


def cyclictest(seconds):
    """One round: microseconds by figure, and CPU a wake-up."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer")
        process = subprocess.Popen(
            ["cyclictest", "-q", "-m", "-t1", "-p", PRIORITY, "-i", "1000", "-h", "100000",
             "-D", str(max(1, round(seconds))), f"--json={answer}"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit("bench: cyclictest failed (it needs root)")
        thread = json.loads(answer.read_text(encoding="utf-8"))["thread"]["0"]
    counts = sorted((int(us), count) for us, count in thread["histogram"].items())
    total = thread["cycles"]
    found = {"max": thread["max"] + 0.5,
             "cpu": (usage.ru_utime + usage.ru_stime) * 1e6 / total}
    for figure, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        seen = 0
        for us, count in counts:
            seen += count
            if seen >= share * total:
                break
        found[figure] = us + 0.5
    return found


def strowger(source, seconds):
    passes = max(1, round(seconds / PASS_SECONDS))
    done = subprocess.run(
        [STROWGER, "timing", "test", "--json", "--source", source, "--priority", PRIORITY,
         "--cpu-latency", "0", "-c", str(passes)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    said = json.loads(done.stdout)
    if not said["realtime"]:
        sys.exit("bench: no real-time priority: " + said["remedy"])
    late = said["wakeups"]
    return {"p50": late["p50_us"], "p99": late["p99_us"], "p99.9": late["p999_us"],
            "max": late["max_us"], "cpu": said["cpu_us_a_tick"]}


CONTENDERS = {
    "strowger nanosleep": lambda seconds: strowger("nanosleep", seconds),
    "strowger timerfd": lambda seconds: strowger("timerfd", seconds),
    "strowger hybrid": lambda seconds: strowger("hybrid", seconds),
    "cyclictest": cyclictest,
}


def measure(load, seconds):
    """Each contender's figures under one load."""
    rounds = {name: [] for name in CONTENDERS}
    loader = subprocess.Popen([STROWGER, "timing", "load", load, "--seconds", "86400"])
    try:
        for _ in range(ROUNDS):
            for name, run in CONTENDERS.items():
                rounds[name].append(run(seconds / ROUNDS))
    finally:
        loader.terminate()
        loader.wait()
    return {name: {figure: (max if figure == "max" else median)(one[figure] for one in all_of)
                   for figure in [*FIGURES, "cpu"]} for name, all_of in rounds.items()}


def record(row):
    if path := os.environ.get("STROWGER_BENCH_RESULTS"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"bench": "tick", "unit": "us", **row}) + "\n")


def tell(load, found):
    peer = found["cyclictest"]
    print(f"load {load}: late by, us (median of {ROUNDS} rounds, max of all)")
    print(f"  {'':<22}" + "".join(f"{figure:>10}" for figure in [*FIGURES, "CPU a tick"]))
    for name, figures in found.items():
        print(f"  {name:<22}" + "".join(f"{figures[key]:>10.1f}" for key in [*FIGURES, "cpu"]))
        for figure in FIGURES:
            row = {"title": f"load {load}: late by, {figure}", "name": name,
                   "value": figures[figure]}
            if name == "strowger hybrid" and figure == "p50":
                row["at_most"] = MOST_HYBRID_P50
            elif name != "cyclictest" and figure == "p99.9":
                row["at_most"] = 1.1 * peer[figure]
            record(row)
        record({"title": f"load {load}: CPU a tick", "name": name, "value": figures["cpu"]})
    sys.stdout.flush()


def main():
    seconds = float(os.environ.get("STROWGER_TICK_SECONDS", "60"))
    with open("/proc/loadavg", encoding="utf-8") as file:
        print(f"load average at the beginning: {file.read().split()[0]}")
    for load in LOADS:
        tell(load, measure(load, seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
