"""Words that mean unfinished work, and paths that only one machine has."""
import re

from tree import Finding

_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_SOMEBODYS = re.compile(r"(?:^|[\s\"'=(`:])/(?:home|root|work)/")


def _is_about_rules(file):
    return file.path.startswith("tests/tidy/") or file.path in ("ARCHITECTURE.md",
                                                               "CONTRIBUTING.md")


def unfinished(tree):
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            word = _UNFINISHED.search(line)
            if word and not _is_about_rules(file) and not _is_a_pattern(line, word):
                yield Finding(file.path, number, "words", f"{word.group(1)}: finish it or file it")


def _is_a_pattern(line, word):
    """Dialplan patterns and masks look like words: _XXX, 1XX, XXX in a quoted number."""
    return word.group(1) == "XXX" and re.search(r"[_\dNZ.]XXX|XXX[\dXNZ.]|=> *_?[\dXNZ]", line)


def machines(tree):
    for file in tree.files:
        if file.path.startswith("tests/tidy/"):
            continue
        for number, line in enumerate(file.lines, 1):
            if _SOMEBODYS.search(line):
                yield Finding(file.path, number, "machine", "a path that only one machine has")
