#!/usr/bin/env python3
"""./run demo inversion: priority inversion, shown.

    inversion.py [--seconds N] [--ordinary]

Three threads share one processor: one of high priority that must never wait, an ordinary one that
hands it messages, and one in between that works. Handed over under a mutex, the high one waits for
the ordinary one, which can't run because of the one in between; a priority-inheriting mutex ends
that, and leaves the wait for the ordinary one's own work; a FIFO leaves nothing to wait for.

Prints the worst wait of each and draws them all into build/demo/inversion.svg.
"""
import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build" / "release" / "bench" / "inversion"
PLOT = ROOT / "build" / "demo" / "inversion.svg"
PERIOD_MS = 2
MEANING = {"mutex": "a mutex", "inheriting mutex": "a priority-inheriting mutex",
           "fifo": "our FIFO"}
COLOURS = {"mutex": "#b3261e", "inheriting mutex": "#8a6100", "fifo": "#1b6e3c"}


def length(microseconds):
    """A length of time as people write it."""
    if microseconds >= 1000:
        return f"{microseconds / 1000:.3g} ms"
    return f"{microseconds:.2g} us" if microseconds < 10 else f"{microseconds:.0f} us"


def quantile(waits, part):
    ordered = sorted(waits)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def table(results):
    lines = [f"{'handed over by':<28} {'median':>10} {'99 %':>10} {'worst':>10}"]
    for result in results:
        waits = result["waits_us"]
        lines.append(f"{MEANING[result['name']]:<28} {length(quantile(waits, 0.5)):>10} "
                     f"{length(quantile(waits, 0.99)):>10} {length(max(waits)):>10}")
    return "\n".join(lines)


def verdict(results):
    """What the figures say, and whether they were taken under real-time priority."""
    worst = {result["name"]: max(result["waits_us"]) for result in results}
    said = (f"The mutex made the thread wait {worst['mutex'] / worst['fifo']:.0f} times as long as "
            f"the FIFO did, at worst.")
    if not all(result["realtime"] for result in results):
        said += ("\nNo real-time priority was granted: these are ordinary threads, which the kernel"
                 " lets take\nturns. Inheritance has nothing to pass on, and the FIFO's own figure"
                 " holds time that the\nkernel gave to others. Run it as root to see the inversion"
                 " itself.")
    return said


class Scale:
    """Microseconds to height, by powers of ten."""

    def __init__(self, results, height):
        waits = [max(wait, 0.01) for result in results for wait in result["waits_us"]]
        self.low = math.floor(math.log10(min(waits)))
        self.high = max(math.ceil(math.log10(max(waits))), self.low + 1)
        self.height = height

    def at(self, microseconds):
        part = (math.log10(max(microseconds, 10 ** self.low)) - self.low) / (self.high - self.low)
        return self.height * (1 - part)

    def marks(self):
        return [10.0 ** power for power in range(self.low, self.high + 1)]


def panel(result, scale, left, top, width):
    """One way of handing over: each wait a point at its time."""
    waits, colour = result["waits_us"], COLOURS[result["name"]]
    worst = max(range(len(waits)), key=waits.__getitem__)
    parts = [f'<g transform="translate({left},{top})">',
             f'<text x="0" y="-10" font-weight="bold" fill="{colour}">{MEANING[result["name"]]}'
             f': worst wait {length(waits[worst])}</text>']
    for mark in scale.marks():
        y = scale.at(mark)
        parts.append(f'<path d="M0 {y:.1f}H{width}" stroke="#d8d8d8"/>'
                     f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{length(mark)}</text>')
    step = width / len(waits)
    points = "".join(f"M{i * step:.1f} {scale.at(wait):.1f}h.01" for i, wait in enumerate(waits))
    parts.append(f'<path d="{points}" stroke="{colour}" stroke-width="3" stroke-linecap="round"'
                 f' opacity="0.5"/>')
    parts.append(f'<circle cx="{worst * step:.1f}" cy="{scale.at(waits[worst]):.1f}" r="6" '
                 f'fill="none" stroke="{colour}" stroke-width="2"/></g>')
    return "\n".join(parts)


def plot(results):
    left, width, height, gap = 90, 820, 170, 60
    scale = Scale(results, height)
    total = 80 + len(results) * (height + gap)
    seconds = len(results[0]["waits_us"]) * PERIOD_MS / 1000
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 40}" height="{total}"'
             f' font-family="sans-serif" font-size="13" fill="#333">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{left}" y="28" font-size="17">What a real-time thread waits for a message'
             f' from an ordinary one</text>']
    for i, result in enumerate(results):
        parts.append(panel(result, scale, left, 75 + i * (height + gap), width))
    bottom = 75 + len(results) * (height + gap) - gap
    for i in range(6):
        x = left + width * i / 5
        parts.append(f'<text x="{x:.0f}" y="{bottom + 22}" text-anchor="middle">'
                     f'{seconds * i / 5:.3g} s</text>')
    return "\n".join([*parts, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=5, help="for each of the three ways")
    parser.add_argument("--ordinary", action="store_true", help="ask for no priority")
    chosen = parser.parse_args()
    print(f"three times {chosen.seconds} s, on one processor ...", flush=True)
    command = [str(PROGRAM), "--seconds", str(chosen.seconds)]
    run = subprocess.run(command + (["--ordinary"] if chosen.ordinary else []),
                         stdout=subprocess.PIPE, check=False, encoding="utf-8")
    if run.returncode != 0:
        sys.exit(run.returncode)
    results = json.loads(run.stdout)
    print(table(results))
    print(verdict(results))
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    PLOT.write_text(plot(results), encoding="utf-8")
    print(f"drawn in {PLOT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
