#!/usr/bin/env python3
"""./run bench [NAME...]: runs the benches and writes docs/benchmarks.md.

NAME is a bench of bench/ (parse for bench/parse_bench.cpp, calls for bench/calls.py). What other
benches said before stays on the page; a bench that runs replaces its own part.
"""
import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "docs" / "benchmarks.json"
HEAD = """# Benchmarks

Printed by `./run bench`, never typed. Rounds are interleaved, times are CPU times of the thread,
figures are medians; a ratio above 1 says how many times as fast as the peer we are.
"""


def programs():
    """Every bench by name."""
    found = {path.name.removeprefix("bench_"): [str(path)]
             for path in sorted((ROOT / "build" / "release" / "bench").glob("bench_*"))
             if path.is_file() and os.access(path, os.X_OK)}
    found["calls"] = ["python3", str(ROOT / "bench" / "calls.py")]
    found["tick"] = ["python3", str(ROOT / "bench" / "tick.py")]
    found["websocket"] = ["python3", str(ROOT / "bench" / "websocket.py")]
    found["build"] = ["python3", str(ROOT / "bench" / "build.py")]
    found["call-memory"] = ["python3", str(ROOT / "bench" / "call_memory.py")]
    found["calls-bridged"] = ["python3", str(ROOT / "bench" / "calls.py"), "--bridged"]
    return found


def machine():
    """The processor's name and what else a figure depends on."""
    model = next((line.split(":", 1)[1].strip() for line in
                  Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
                  if line.startswith("model name")), os.uname().machine)
    return f"{model}, {os.cpu_count()} cores seen, Linux {os.uname().release}"


def run(name, command):
    """What one bench said: machine, date, command and its rows."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results")
        environment = {**os.environ, "STROWGER_BENCH_RESULTS": str(results)}
        print(f"== {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return code, {"machine": machine(), "command": f"./run bench {name}",
                  "date": datetime.date.today().isoformat(),
                  "rows": [json.loads(line) for line in lines]}


def number(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def goal(row):
    if "at_least" in row:
        met = row["value"] >= row["at_least"]
        return f"at least {number(row['at_least'])}: {'met' if met else 'MISSED'}"
    if "at_most" in row:
        met = row["value"] <= row["at_most"]
        return f"at most {number(row['at_most'])}: {'met' if met else 'MISSED'}"
    return f"ours is {row['ratio']:.2f} times as fast" if "ratio" in row else ""


def part(name, said):
    lines = [f"## {name}", "", f"{said['machine']}; {said['date']}; `{said['command']}`", "",
             "| what | who | figure | goal or ratio |", "| --- | --- | --- | --- |"]
    lines += [f"| {row['title']} | {row['name']} | {number(row['value'])} {row['unit']} | "
              f"{goal(row)} |" for row in said["rows"]]
    return "\n".join([*lines, ""])


def main():
    known = programs()
    wanted = sys.argv[1:] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"bench: there is no {', '.join(unknown)}; there are: {', '.join(known)}")
    said = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    worst = 0
    for name in wanted:
        code, result = run(name, known[name])
        worst = max(worst, code)
        if result["rows"]:
            said[name] = result
    PAGE.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text("\n".join([HEAD] + [part(name, said[name]) for name in sorted(said)]),
                    encoding="utf-8")
    print("wrote docs/benchmarks.md")
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
