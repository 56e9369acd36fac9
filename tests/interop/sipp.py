"""SIPp with the scenarios of this folder."""
from pathlib import Path

from processes import Program, expect

SCENARIOS = Path(__file__).resolve().parent / "sipp"


class Sipp:
    """One SIPp process. `to` is the port it calls; without it, it waits to be called."""

    def __init__(self, scenario, folder, ports, *, to=None, port=None, calls=1, rate=10,
                 service="800", pause_ms=200, transport="u1", replace=(), more=(), prefix=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or ports.take()
        text = (SCENARIOS / f"{scenario}.xml").read_text(encoding="utf-8")
        for old, new in replace:
            text = text.replace(old, new)
        file = folder / f"{scenario}-{self.port}.xml"
        file.write_text(text, encoding="utf-8")
        self.errors = folder / f"{scenario}-{self.port}.errors"
        command = [*prefix, "sipp", "-sf", file, "-i", "127.0.0.1", "-p", str(self.port),
                   "-mp", str(ports.take(4)), "-m", str(calls), "-t", transport, "-nostdin",
                   "-trace_err", "-error_file", self.errors, "-cp", str(ports.take()), *more]
        if to is not None:
            command += ["-r", str(rate), "-d", str(pause_ms), "-s", service, f"127.0.0.1:{to}"]
        self.program = Program(command, folder / f"{scenario}-{self.port}.log", cwd=folder)

    def ends_well(self, seconds=20):
        """Waits for the end; every call must have gone as the scenario says."""
        code = self.program.wait(seconds)
        if code != 0:
            errors = self.errors.read_text(errors="replace") if self.errors.exists() else ""
            expect(False, f"SIPp ended with code {code}: {errors.strip()[:700] or 'no story'}")

    def stop(self):
        self.program.stop()
