#!/usr/bin/env python3
"""Proves that the conformance tests notice: disables table rows and timers one at a time.

    mutate.py [NAME_PART...]     only mutations whose name contains one of the parts

A conformance program with mutations has a test `Mutations.list`, which prints one line each,
"mutation NAME what it is". With STROWGER_MUTATE=NAME in its environment the program's fixtures
switch that row or timer off, and some test must then fail. Survivors are printed; the exit code is
1 where there are any.
"""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "build" / "release" / "tests"
LINE = re.compile(r"^mutation (\S+) ?(.*)$", re.MULTILINE)
TIME_LIMIT = 120       # seconds; a program that hangs has noticed as well


def run(program, *arguments, mutation=""):
    environment = {**os.environ, "STROWGER_MUTATE": mutation}
    return subprocess.run([program, "--gtest_brief=1", *arguments], cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=TIME_LIMIT, check=False)


def mutations_of(program):
    return LINE.findall(run(program, "--gtest_filter=Mutations.list").stdout)


def first_broken(program, mutation):
    """The first test that fails, or None where the mutation survives."""
    try:
        result = run(program, "--gtest_fail_fast", mutation=mutation)
    except subprocess.TimeoutExpired:
        return "no end within the time limit"
    if result.returncode == 0:
        return None
    failed = re.search(r"\[  FAILED  \] (\S+)", result.stdout)
    return failed.group(1).rstrip(",") if failed else f"ended with code {result.returncode}"


def check(program, wanted):
    """(mutations tried, survivors) of one program."""
    well = run(program)
    if well.returncode != 0:
        sys.exit(f"mutate: {program.name} fails without any mutation:\n{well.stdout[-2000:]}")
    chosen = [(name, text) for name, text in mutations_of(program)
              if not wanted or any(part in name for part in wanted)]
    survivors = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda mutation: first_broken(program, mutation[0]), chosen)
        for (name, text), broken in zip(chosen, results):
            print(f"  {name:<28} {broken or 'SURVIVES'}", flush=True)
            if broken is None:
                survivors.append(f"{program.name} {name} {text}")
    return len(chosen), survivors


def main():
    programs = sorted(path for path in PROGRAMS.glob("conformance_*") if os.access(path, os.X_OK)
                      and path.is_file())
    tried, survivors = 0, []
    for program in programs:
        print(program.name)
        count, left = check(program, sys.argv[1:])
        tried += count
        survivors += left
    if tried == 0:
        sys.exit("mutate: there was no mutation to try")
    print(f"{tried} mutations, {tried - len(survivors)} noticed, {len(survivors)} survive")
    for survivor in survivors:
        print(f"survives: {survivor}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
