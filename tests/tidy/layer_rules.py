"""Who includes whom, and what engines must not know."""
import re

from cpp_text import blank_out
from tree import Finding

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')

# Libraries that hold protocol engines or serve them: no input or output, no clock, no threads.
PURE = ("core", "sip", "rtp", "hdlc", "ss7/mtp2", "ss7/mtp3", "ss7/isup", "iax2", "http",
        "websocket", "webrtc")
BANNED_HEADERS = {
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "chrono", "fstream",
    "iostream", "filesystem", "random", "ctime", "cstdio", "time.h", "stdio.h", "unistd.h",
    "pthread.h", "fcntl.h", "netdb.h", "poll.h"}
BANNED_FOLDERS = ("sys/", "netinet/", "arpa/", "linux/", "net/")
BANNED_CALLS = (
    (re.compile(r"::now\s*\("), "asks a clock"),
    (re.compile(r"\bs?rand\s*\("), "draws a random number"),
    (re.compile(r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)"), "asks a clock"),
    (re.compile(r"\b(clock_gettime|gettimeofday|getenv|usleep|nanosleep)\s*\("), "asks the system"),
)


def layers(tree):
    for library in tree.libraries.values():
        for used in library.uses:
            if used not in tree.may_use.get(library.name, set()):
                yield Finding(f"src/{library.name}/CMakeLists.txt", 1, "layers",
                              f"{library.name} may not use {used}: see strowger_layers.cmake")
    for file in tree.cpp():
        owner = tree.library_of(file.path) if file.path.startswith("src/") else None
        if owner is None:
            continue
        reached = tree.reaches(owner, with_tests=file.is_test)
        for number, line in enumerate(file.lines, 1):
            include = INCLUDE.match(line)
            if not include or not include.group(1):
                continue
            used = tree.library_of(include.group(1))
            if used is None or "src/" + include.group(1) not in tree.by_path:
                yield Finding(file.path, number, "layers",
                              f'"{include.group(1)}" is no path from src/')
            elif used not in reached:
                yield Finding(file.path, number, "layers",
                              f"{owner} includes {used} without using it (USES in its CMakeLists)")


def engines(tree):
    for file in tree.cpp():
        owner = tree.library_of(file.path) if file.path.startswith("src/") else None
        if owner not in PURE or file.is_test:
            continue
        code = blank_out(file.text).split("\n")
        for number, line in enumerate(file.lines, 1):
            include = INCLUDE.match(line)
            header = include.group(2) if include else None
            if header and (header in BANNED_HEADERS or header.startswith(BANNED_FOLDERS)):
                yield Finding(file.path, number, "engines", f"an engine may not include <{header}>")
            for pattern, text in BANNED_CALLS:
                if pattern.search(code[number - 1]) and not file.allows(number, "engines"):
                    yield Finding(file.path, number, "engines", f"an engine {text} here")
