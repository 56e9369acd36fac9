#!/usr/bin/env python3
"""strowger timing as a process: what it prints, draws, exits with, and does without privilege.

Nothing here depends on how fast or how steady the machine is.
"""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import xml.dom.minidom
from pathlib import Path

from processes import ROOT, Unmet, expect, wait_until

STROWGER = Path(os.environ.get("STROWGER", ROOT / "build" / "release" / "strowger"))
NOBODY = 65534


def run(*words, **options):
    return subprocess.run([STROWGER, "timing", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, timeout=300, **options)


def without_privilege():
    """In the child: a user who may have neither real-time priority nor locked memory."""
    import resource  # pylint: disable=import-outside-toplevel
    resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def report_for_people(folder):
    done = run("test", "-c", "2", "--source", "timerfd", "--config", folder)
    expect(done.returncode in (0, 1), done.stderr)
    for part in (r"2 passes of 1\.024 s", r"(\d+\.\d{3}% ?){2}\n", r"Results after 2 passes",
                 r"Best: .* -- Worst: .* -- Average: .*, Difference: ",
                 r"Cumulative Accuracy \(not per pass\)", r"p50 +p99 +p99\.9 +max", r"missed \d+",
                 r"steal: "):
        expect(re.search(part, done.stdout), f"{part} is not in:\n{done.stdout}")


def report_for_programs_and_picture(folder):
    picture = Path(folder, "tick.svg")
    done = run("test", "-c", "1", "--json", "--source", "hybrid", "--load", "net", "--plot",
               picture, "--config", folder)
    said = json.loads(done.stdout)
    expect(said["passes"] == 1 and said["source"] == "hybrid" and said["load"] == "net", said)
    expect(said["ticks"]["count"] >= 1024 and said["lost_samples"] == 0, said)
    expect(said["ticks"]["p50_us"] <= said["ticks"]["p99_us"] <= said["ticks"]["max_us"], said)
    drawn = xml.dom.minidom.parse(str(picture))
    expect(len(drawn.getElementsByTagName("rect")) > 2, "no bars in the histogram")
    expect(len(drawn.getElementsByTagName("polyline")) == 2, "no timeline")
    unwritable = run("test", "-c", "1", "--source", "timerfd", "--plot", f"{folder}/no/tick.svg")
    expect(unwritable.returncode == 1 and "can't be written" in unwritable.stderr,
           unwritable.stderr)


def interrupted_it_still_reports(folder):
    process = subprocess.Popen(
        [STROWGER, "timing", "test", "-c", "0", "--source", "nanosleep", "--config", folder],
        stdout=subprocess.PIPE, text=True)
    first = process.stdout.readline()
    expect("Ctrl-C ends" in first, first)
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    wait_until(lambda: process.poll() is not None, 30, "it does not end")
    expect(process.returncode in (0, 1) and "Results after" in said, said)


def without_privilege_on_one_core(folder):
    """It runs on, and says what was refused and how to get it."""
    os.chmod(folder, 0o755)
    done = run("test", "-c", "1", "--json", "--config", folder,
               preexec_fn=lambda: (os.sched_setaffinity(0, {0}), without_privilege()))
    said = json.loads(done.stdout)
    expect(said["passes"] == 1 and not said["realtime"], said)
    expect("CAP_SYS_NICE" in said["remedy"], said["remedy"])
    probed = run("probe", "--json", preexec_fn=without_privilege)
    checks = {one["name"]: one for one in json.loads(probed.stdout)["checks"]}
    expect(checks["real-time priority"]["verdict"] == "warning", checks["real-time priority"])
    expect(checks["high-resolution mode"]["verdict"] in ("unknown", "good"), checks)


def probe_of_a_copied_machine(folder):
    root = Path(folder, "root")
    source = root / "sys/devices/system/clocksource/clocksource0/current_clocksource"
    source.parent.mkdir(parents=True)
    source.write_text("refined-jiffies\n", encoding="utf-8")
    (root / "proc").mkdir()
    (root / "proc/cmdline").write_text("quiet highres=off\n", encoding="utf-8")
    said = json.loads(run("probe", "--json", "--root", root).stdout)
    checks = {one["name"]: one for one in said["checks"]}
    for name in ("clock source", "command line"):
        expect(checks[name]["verdict"] == "bad" and checks[name]["advice"], checks[name])
    expect(said["verdict"] in ("warning", "bad"), said["verdict"])
    text = run("probe", "--root", root).stdout
    expect("refined-jiffies" in text and "-> " in text, text)


def called_wrongly(folder):
    expect(run("test", "--source", "sundial").returncode == 2, "an unknown source")
    expect(run("test", "--load", "lead").returncode == 2, "an unknown load")
    expect(run().returncode == 2, "no subcommand")
    Path(folder, "timing.conf").write_text("[general]\nsorce = auto\n", encoding="utf-8")
    wrong = run("test", "--config", folder)
    expect(wrong.returncode == 1 and "timing.conf:2" in wrong.stderr and
           "did you mean 'source'" in wrong.stderr, wrong.stderr)


def sample_configuration(_):
    done = run("test", "-c", "1", "--json", "--config", ROOT / "config")
    expect(json.loads(done.stdout)["passes"] == 1, done.stderr)


CASES = [report_for_people, report_for_programs_and_picture, interrupted_it_still_reports,
         without_privilege_on_one_core, probe_of_a_copied_machine, called_wrongly,
         sample_configuration]


def main():
    if os.getuid() != 0:
        sys.exit("timing: needs root, to start a process that has less")
    failed = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(folder)
                print(f"ok    timing: {case.__name__.replace('_', ' ')}", flush=True)
            except Unmet as unmet:
                failed += 1
                print(f"FAIL  timing: {case.__name__.replace('_', ' ')}: {unmet}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
