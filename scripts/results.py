#!/usr/bin/env python3
"""What the tests said, from the XML that scripts/test.sh leaves.

    results.py --summary FOLDER     prints the tally in ctest's own closing form, case by case
"""
import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Case:
    program: str      # the ctest name, such as conformance_sip
    suite: str
    name: str
    status: str       # "passed", "failed" or "skipped"
    note: str = ""


def _of_googletest(path):
    program = path.stem
    for case in xml.parse(path).iter("testcase"):
        status, note = "passed", ""
        if case.find("failure") is not None:
            status = "failed"
        elif case.get("result") == "skipped" or case.get("status") == "notrun":
            status = "skipped"
            skipped = case.find("skipped")
            note = (skipped.get("message") or "") if skipped is not None else ""
        yield Case(program, case.get("classname"), case.get("name"), status,
                   note.strip().split("\n")[-1])


def _of_ctest(path, known):
    """Tests that are no GoogleTest programs, or that died before they could tell."""
    for case in xml.parse(path).iter("testcase"):
        failed = case.get("status") == "fail"
        if case.get("name") not in known or failed:
            yield Case(case.get("name"), "ctest", case.get("name"),
                       "failed" if failed else "passed")


def read(folder):
    cases = []
    for path in sorted(Path(folder).glob("*.xml")):
        cases += _of_googletest(path)
    known = {case.program for case in cases}
    for path in Path(folder).glob("*.junit"):
        cases += _of_ctest(path, known)
    return cases


def tally(cases):
    """The closing line: executed cases only; what was skipped is named beside it."""
    failed = sum(case.status == "failed" for case in cases)
    skipped = sum(case.status == "skipped" for case in cases)
    executed = len(cases) - skipped
    share = 100 * (executed - failed) // executed if executed else 0
    line = f"{share}% tests passed, {failed} tests failed out of {executed}"
    if skipped:
        line += f"\n({skipped} more skipped, each for a reason that docs/conformance.md tells)"
    return line, failed


def main():
    if len(sys.argv) != 3 or sys.argv[1] != "--summary":
        sys.exit(__doc__)
    cases = read(sys.argv[2])
    if not cases:
        sys.exit(f"results: no results in {sys.argv[2]}")
    line, failed = tally(cases)
    print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
