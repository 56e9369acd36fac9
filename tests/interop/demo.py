#!/usr/bin/env python3
"""./run demo: starts the exchange and real phones, makes the calls, checks the audio.

    demo.py [CASE...]     CASE is a name from demo_cases.py

Prints a table; the exit code is the number of cases that failed. Logs and captures stay in
build/demo.
"""
import argparse
import sys
import time
import traceback

import demo_cases
from baresip import Phone
from exchange import Exchange, PHONES
from processes import Ports, ROOT, Unmet


class World:
    """The exchange and its phones, for all cases of one run."""

    def __init__(self, folder, ports=None, **exchange_options):
        self.folder, self.ports, self.phones = folder, ports or Ports(), []
        folder.mkdir(parents=True, exist_ok=True)
        self.exchange = Exchange(folder / "exchange", self.ports, **exchange_options)

    def add_phones(self):
        tones = {"alice": 440, "bob": 880, "carol": 660}
        for name, (password, _) in PHONES.items():
            phone = Phone(self.folder / name, self.ports, user=name, password=password,
                          server=self.exchange.sip, hz=tones[name],
                          max_calls=1 if name == "bob" else 4)
            self.phones.append(phone)
            setattr(self, name, phone)

    def stop(self):
        for phone in self.phones:
            phone.stop()
        self.exchange.stop()


def run_case(case, world):
    """(passed, note, seconds)"""
    begin = time.monotonic()
    try:
        return True, case(world), time.monotonic() - begin
    except Unmet as unmet:
        return False, str(unmet), time.monotonic() - begin
    except Exception:             # a fault of the harness is a failure with its whole story
        return False, traceback.format_exc(), time.monotonic() - begin


def print_row(name, passed, note, seconds):
    print(f"{name:<28} {'ok' if passed else 'FAILED':<7} {seconds:5.1f} s  {note}", flush=True)


def run_cases(cases, world):
    """Runs them all, prints a table, gives the number that failed."""
    failed = 0
    for case in cases:
        passed, note, seconds = run_case(case, world)
        failed += not passed
        print_row(case.__name__.replace("_", " "), passed, note, seconds)
    return failed


def finish(world):
    """Ending well is a case of its own."""
    def ends_cleanly(world):
        world.stop()
        return "the exchange ends with code 0"
    return run_cases((ends_cleanly,), world)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*")
    chosen = parser.parse_args().cases
    cases = [case for case in demo_cases.CASES if not chosen or case.__name__ in chosen]
    if not cases:
        sys.exit("demo: there is no such case; they are: " +
                 ", ".join(case.__name__ for case in demo_cases.CASES))
    try:
        world = World(ROOT / "build" / "demo")
    except Unmet as unmet:
        sys.exit(f"demo: {unmet}")
    try:
        world.add_phones()
        failed = run_cases(cases, world)
    finally:
        failed_end = finish(world)
    failed += failed_end
    print(f"{len(cases) + 1 - failed} of {len(cases) + 1} passed")
    return min(failed, 100)


if __name__ == "__main__":
    sys.exit(main())
