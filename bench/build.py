#!/usr/bin/env python3
"""How long a clean release build takes without the compiler cache, and its slowest file.

Builds into build/bench-build and removes it afterwards. Times of files are CPU times of the
compiler, from a wrapper that stands where ccache would.
"""
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench-build"
BUILD_SECONDS = 300
FILE_SECONDS = 5


def as_wrapper(command):
    """Runs the compiler and notes what it cost."""
    code = subprocess.run(command, check=False).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    source = next((word for word in command if word.endswith(".cpp")), "")
    if source:
        with open(os.environ["STROWGER_FILE_TIMES"], "a", encoding="utf-8") as file:
            file.write(f"{used.ru_utime + used.ru_stime:.3f} {source}\n")
    return code


def build(times):
    environment = {**os.environ, "STROWGER_FILE_TIMES": str(times)}
    subprocess.run(["cmake", "--preset", "release", "-B", FOLDER, "-Wno-dev",
                    f"-DSTROWGER_CCACHE={Path(__file__).resolve()}"],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    begin = time.monotonic()
    subprocess.run(["ninja", "-C", FOLDER, "-j", "2"], check=True, env=environment,
                   stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def main():
    times = FOLDER / "file-times"
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        seconds = build(times)
        rows = [line.split(" ", 1) for line in times.read_text(encoding="utf-8").splitlines()]
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    files = sorted(((float(spent), Path(name).relative_to(ROOT)) for spent, name in rows),
                   reverse=True)
    results = [(f"clean release build, {len(files)} files, 2 jobs", seconds, BUILD_SECONDS)]
    results += [(str(name), spent, FILE_SECONDS) for spent, name in files[:5]]
    for title, value, limit in results:
        print(f"{title:<60} {value:7.1f} s of {limit} s")
        if path := os.environ.get("STROWGER_BENCH_RESULTS"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps({"bench": "build", "title": title, "name": "strowger",
                                       "unit": "s", "value": value, "at_most": limit}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(as_wrapper(sys.argv[1:]) if sys.argv[1:] else main())
