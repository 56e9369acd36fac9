#!/usr/bin/env python3
"""clang-tidy over a compilation database, remembering what was clean.

    tidy-cache.py BUILD_FOLDER [--jobs N] [--seconds N] [--report] [PATH_PART...]

The key of a source file is the hash of its own text, of every file of the tree that it includes,
directly or not, of its compiler flags, of .clang-tidy and of clang-tidy's version. A clean result
leaves an empty file of that name in .cache/clang-tidy; findings are never remembered.
"""
import argparse
import hashlib
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOOL = "clang-tidy-14"
TEST_EXEMPTIONS = ("-clang-analyzer-*,-performance-inefficient-vector-operation,"
                   "-bugprone-implicit-widening-of-multiplication-result")
CLANG_FLAGS = ("--extra-arg=-Wno-unknown-warning-option",
               "--extra-arg=-D__cpp_impl_coroutine=201902L")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# What clang does not know of g++'s command lines.
FOREIGN_FLAGS = re.compile(r"^(-fno-sanitize-recover=.*|-Wno-maybe-uninitialized|-fconcepts.*|"
                           r"-fno-tree-.*)$")


class Sources:
    """Texts and includes of the tree, each read once."""

    def __init__(self, root):
        self.root = root
        self.texts = {}

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = path.read_text(encoding="utf-8", errors="replace")
        return self.texts[path]

    def closure(self, path):
        """The file and everything of the tree that it reaches, in a fixed order."""
        seen, waiting = set(), [path]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            for name in INCLUDE.findall(self.text(current)):
                for base in (self.root / "src", current.parent, self.root, self.root / "tests"):
                    if (base / name).is_file():
                        waiting.append((base / name).resolve())
                        break
        return sorted(seen)


def flags_of(command, root):
    """The flags, free of this checkout's folder, so that a clone elsewhere has the same key."""
    words = [word for word in command.split()[1:] if not word.endswith((".cpp", ".o", ".d"))]
    return " ".join(words).replace(str(root), "")


def key_of(entry, sources, root, common):
    digest = hashlib.sha256(common.encode())
    digest.update(flags_of(entry["command"], root).encode())
    for path in sources.closure(Path(entry["file"]).resolve()):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(sources.text(path).encode())
    return digest.hexdigest()


def is_test(path):
    return path.endswith(("_test.cpp", "_fixture.cpp")) or "/tests/" in path


def checks_for(path):
    """The analyzer walks every path through GoogleTest's macros for minutes and finds nothing; a
    test may also grow a vector or multiply small numbers without a reserve or a cast."""
    return ["--checks=" + TEST_EXEMPTIONS] if is_test(path) else []


def judge(entry, build):
    run = subprocess.run(
        ["nice", TOOL, "--quiet", "-p", str(build), *checks_for(entry["file"]),
         *CLANG_FLAGS, entry["file"]],
        capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stdout + ("" if run.returncode == 0 else run.stderr)


def database_for_clang(build, root, parts):
    """The entries to judge, without flags that are g++'s alone; written where clang-tidy looks."""
    entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    chosen = []
    for entry in entries:
        path = Path(entry["file"]).resolve()
        inside = path.is_relative_to(root) and not path.is_relative_to(root / "build")
        if inside and all(part in str(path) for part in parts):
            words = [w for w in entry["command"].split() if not FOREIGN_FLAGS.match(w)]
            chosen.append({**entry, "command": " ".join(w for w in words if "ccache" not in w)})
    folder = build / "clang-tidy"
    folder.mkdir(exist_ok=True)
    (folder / "compile_commands.json").write_text(json.dumps(chosen), encoding="utf-8")
    return chosen, folder


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"),
                        help="start no file after so long; what is left is counted")
    parser.add_argument("--report", action="store_true", help="findings do not fail")
    parser.add_argument("parts", nargs="*")
    options = parser.parse_intermixed_args()
    root = Path(__file__).resolve().parent.parent
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True)
    common = "".join([version.stdout, (root / ".clang-tidy").read_text(encoding="utf-8"),
                      TEST_EXEMPTIONS, *CLANG_FLAGS])
    cache = root / ".cache" / "clang-tidy"
    cache.mkdir(parents=True, exist_ok=True)
    entries, folder = database_for_clang(options.build, root, options.parts)
    sources = Sources(root)
    keys = {entry["file"]: key_of(entry, sources, root, common) for entry in entries}
    waiting = [entry for entry in entries if not (cache / keys[entry["file"]]).exists()]
    waiting.sort(key=lambda entry: is_test(entry["file"]))   # what ships is judged first
    print(f"{len(entries)} files, {len(entries) - len(waiting)} known to be clean", flush=True)

    failed = unjudged = 0
    end = time.monotonic() + options.seconds

    def judge_in_time(entry):
        return judge(entry, folder) if time.monotonic() < end else None

    with ThreadPoolExecutor(options.jobs) as pool:
        for entry, verdict in zip(waiting, pool.map(judge_in_time, waiting)):
            if verdict is None:
                unjudged += 1
                continue
            clean, text = verdict
            if clean:
                (cache / keys[entry["file"]]).touch()
            else:
                failed += 1
                print(f"{Path(entry['file']).resolve().relative_to(root)}\n{text}", flush=True)
    print(f"clang-tidy: {len(waiting) - unjudged} judged, {failed} with findings, "
          f"{unjudged} not judged in time")
    return 1 if failed and not options.report else 0


if __name__ == "__main__":
    sys.exit(main())
