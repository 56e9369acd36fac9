#!/usr/bin/env python3
"""Writes docs/conformance.md from the results of the conformance tests.

    conformance.py RESULTS_FOLDER           writes docs/conformance.md
    conformance.py --check RESULTS_FOLDER   fails where the committed page differs

A case is one test; its name carries the standard's own number: Rfc3261_17_1_1_2_timer_a_doubles.
"""
import re
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import results  # noqa: E402

PAGE = Path(__file__).resolve().parent.parent / "docs" / "conformance.md"
HEAD = """# Conformance

Made by `./run docs` from the results of the conformance tests; never edited by hand. A case
drives the engine at both its interfaces and checks every unit it sends and when. `./run mutate`
proves that the cases notice a missing table row or timer. "4 ends": the engine as a server and as a
client, and through sockets the server and the client.
"""
STANDARD = re.compile(r"(?P<body>Rfc|Q|G|T)_?(?P<number>\d+)_?(?P<rest>.*)", re.IGNORECASE)


def standard_and_case(case):
    """("RFC 3261", "17.1.1.2", "timer a doubles") from the names of a test."""
    for text in (f"{case.name}", f"{case.suite}_{case.name}"):
        match = STANDARD.match(text)
        if match:
            break
    else:
        return case.suite, "", case.name.replace("_", " ")
    body = match.group("body").upper()
    standard = f"{body} {match.group('number')}" if body == "RFC" else \
        f"{body}.{match.group('number')}"
    words = match.group("rest").split("_")
    clause = []
    while words and re.fullmatch(r"\d+[a-z]?|[A-Z]", words[0]):
        clause.append(words.pop(0))
    return standard, ".".join(clause), " ".join(words)


def clause_order(row):
    numbers = [re.match(r"\d*", part).group() for part in row[0].split(".")]
    return [int(number or 0) for number in numbers], row[0], row[1]


def joined(rows):
    """One row for a case that several ends were asked."""
    notes = defaultdict(list)
    for clause, text, note in rows:
        notes[clause, text].append(note)
    for (clause, text), told in notes.items():
        ends = f" ({len(told)} ends)" if len(told) > 1 else ""
        yield clause, text, min(told, key=lambda note: note == "passed") + ends


def page(cases):
    by_standard = defaultdict(list)
    for case in cases:
        if case.program.startswith("conformance") and case.suite != "Mutations":
            standard, clause, text = standard_and_case(case)
            note = f"{case.status}: {case.note}" if case.note else case.status
            by_standard[standard].append((clause, text, note))
    lines = [HEAD]
    for standard in sorted(by_standard):
        all_rows = by_standard[standard]
        passed = sum(row[2] == "passed" for row in all_rows)
        rows = sorted(joined(all_rows), key=clause_order)
        lines += [f"## {standard}", "", f"{passed} of {len(all_rows)} cases pass.", "",
                  "| clause | case | status |", "| --- | --- | --- |"]
        lines += [f"| {clause} | {text} | {note} |" for clause, text, note in rows]
        lines.append("")
    return "\n".join(lines)


def without_status(text):
    """Cases alone: whether the external vectors are there differs between machines."""
    return [re.sub(r"\| (passed|skipped)[^|]* \|$", "|", line) for line in text.split("\n")
            if not line.endswith("cases pass.")]


def main():
    arguments = [word for word in sys.argv[1:] if word != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    text = page(results.read(arguments[0]))
    if "--check" not in sys.argv:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        print(f"wrote {PAGE.name}")
        return 0
    if not PAGE.is_file() or without_status(
            PAGE.read_text(encoding="utf-8")) != without_status(text):
        print("docs/conformance.md is not what the tests say: run ./run docs and commit it")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
