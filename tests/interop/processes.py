"""Programs that a test starts: their ports, their logs, and their end."""
import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Unmet(Exception):
    """What a case expected and did not get."""


def expect(condition, text):
    if not condition:
        raise Unmet(text)


def wait_until(condition, seconds, text):
    """Polls until the condition gives something true, and gives that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        expect(time.monotonic() < deadline, f"{text} (waited {seconds} s)")
        time.sleep(0.02)


def _is_free(port):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


class Ports:
    """Ports below the kernel's own ephemeral range, handed out once a run."""

    def __init__(self):
        self.given = set()
        self.random = random.Random(os.getpid() ^ time.monotonic_ns())

    def take(self, count=1):
        """The first of `count` free ports in a row; it is even."""
        for _ in range(200):
            first = self.random.randrange(12000, 32000 - count, 2)
            wanted = range(first, first + count)
            if not self.given.intersection(wanted) and all(map(_is_free, wanted)):
                self.given.update(wanted)
                return first
        raise Unmet(f"no {count} free ports in a row between 12000 and 32000")


class Program:
    """A process with its log; ended by its own id."""

    def __init__(self, command, log, **options):
        self.name = Path(str(command[0])).name
        self.log = Path(log)
        with open(self.log, "wb") as output:
            try:
                self.process = subprocess.Popen(
                    [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                    stderr=subprocess.STDOUT, **options)
            except FileNotFoundError:
                raise Unmet(f"{command[0]} is not installed: run scripts/setup.sh") from None

    @property
    def running(self):
        return self.process.poll() is None

    def text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            raise Unmet(f"{self.name} did not end within {seconds} s") from None

    def kill(self):
        """Gone at once, without a word to anyone."""
        if self.running:
            self.process.kill()
            self.process.wait()

    def stop(self, seconds=5):
        if self.running:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
