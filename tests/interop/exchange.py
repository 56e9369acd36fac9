"""The exchange under test: its configuration, its start, its console, its end."""
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from processes import Program, ROOT, expect, wait_until

PROGRAM = Path(os.environ.get("STROWGER_PROGRAM", ROOT / "build" / "release" / "strowger"))
SOUNDS = ROOT / "build" / "sounds" / "sounds"
MUSIC = ROOT / "build" / "sounds" / "music" / "default"

PHONES = {"alice": ("wonderland", "101"), "bob": ("builder", "102"), "carol": ("singer", "103")}

SIP = """\
[general]
context = default
allowguest = no
realm = strowger
bindaddr = 127.0.0.1
bindport = {sip}
tcpenable = yes
tcpbindaddr = 127.0.0.1:{sip}
minexpiry = 10
rtptimeout = {silence}
rtpholdtimeout = 60
disallow = all
allow = ulaw
allow = alaw
{more}
[phone](!)
type = friend
host = dynamic
context = internal

"""

STROWGER = """\
[options]
workers = 1
[directories]
sounds = {sounds}
[log]
level = {level}
"""

EXTENSIONS = """\
[general]
[globals]
[default]
exten => 600,1,Answer()
same => n,Echo()
exten => 605,1,ConfBridge(605)
exten => 601,1,Answer()
same => n,Milliwatt()
exten => 700,1,Busy(2)
exten => 701,1,Congestion(2)
exten => 900,1,Dial(SIP/trunk,30)
exten => 800,1,Answer()
same => n,Wait(30)

[internal]
exten => 101,1,Dial(SIP/alice,20)
same => n,Hangup()
exten => 102,1,Dial(SIP/bob,20)
same => n,GotoIf($["${{DIALSTATUS}}" = "BUSY"]?busy)
same => n,Hangup()
same => n(busy),Busy(2)
exten => 103,1,Dial(SIP/carol,2)
same => n,Hangup()
exten => 203,1,Dial(SIP/carol,30)
same => n,Hangup()
exten => 500,1,Goto(menu,s,1)
include => default
{more}

[menu]
exten => s,1,Answer()
same => n(again),Background(demo-menu)
same => n,WaitExten(10)
exten => 1,1,Milliwatt()
exten => 2,1,SayDigits(${{CALLERID(num)}})
same => n,Hangup()
exten => 3,1,Echo()
exten => i,1,Playback(invalid)
same => n,Goto(s,again)
exten => t,1,Hangup()
"""


class Exchange:
    def __init__(self, folder, ports, *, more_extensions="", more_sip="", more_general="",
                 tls=False, prefix=(), environment=None, media_ports=400, log_level="verbose",
                 media_timeout=3, more_files=None):
        expect(PROGRAM.exists(), f"{PROGRAM} is not built: ./run and ./check build it")
        self.folder = folder
        self.config, self.data = folder / "config", folder / "data"
        self.sip = ports.take(2)
        self.tls = self.sip + 1 if tls else None
        self.rtp_first = ports.take(media_ports)
        self.rtp_last = self.rtp_first + media_ports - 1
        shutil.rmtree(folder, ignore_errors=True)
        self.config.mkdir(parents=True)
        self.data.mkdir()
        self._write(more_extensions, more_sip, more_general, log_level, media_timeout)
        for name, content in (more_files or {}).items():
            (self.config / name).write_text(content, encoding="utf-8")
        self.program = Program([*prefix, PROGRAM, "serve", "--config", self.config, "--data",
                                self.data], folder / "exchange.log",
                               env={**os.environ, **(environment or {})})
        try:
            wait_until(self._answers, 10, f"the exchange does not answer its console: "
                       f"{self.program.log}")
        except Exception:
            self.program.stop()
            raise

    def _write(self, more_extensions, more_sip, more_general, log_level, media_timeout):
        tls = ""
        if self.tls:
            tls = f"tlsenable = yes\ntlsbindaddr = 127.0.0.1:{self.tls}\n"
        text = SIP.format(sip=self.sip, silence=media_timeout,
                          more=tls + more_general)
        for name, (secret, number) in PHONES.items():
            text += f'[{name}](phone)\nsecret = {secret}\ncallerid = "{name}" <{number}>\n\n'
        files = {
            "sip.conf": text + more_sip,
            "rtp.conf": f"[general]\nrtpstart = {self.rtp_first}\nrtpend = {self.rtp_last}\n"
                        "shards = 2\n",
            "strowger.conf": STROWGER.format(sounds=SOUNDS, level=log_level),
            "extensions.conf": EXTENSIONS.format(more=more_extensions),
            "musiconhold.conf": f"[default]\nmode = files\ndirectory = {MUSIC}\n",
            "indications.conf": (ROOT / "config" / "indications.conf").read_text(encoding="utf-8"),
        }
        for name, content in files.items():
            (self.config / name).write_text(content, encoding="utf-8")

    def _answers(self):
        expect(self.program.running, f"the exchange ended at once: {self.tail()}")
        return self.console("core show version", check=False)

    def tail(self):
        return self.program.text().strip()[-600:]

    def console(self, command, *, as_data=False, check=True):
        """The console's answer to one command, as text or as data."""
        words = [str(PROGRAM), "console", "--data", str(self.data), "-x", command]
        if as_data:
            words.append("--json")
        run = subprocess.run(words, capture_output=True, text=True, check=False, timeout=10)
        if run.returncode != 0:
            expect(not check, f"console '{command}' failed: {run.stdout} {run.stderr}")
            return None
        return json.loads(run.stdout) if as_data else run.stdout

    def channels(self):
        """How many legs there are."""
        rows = self.console("core show channels", as_data=True)
        return len(rows.get("channels", rows) if isinstance(rows, dict) else rows)

    def becomes_idle(self, seconds=5):
        wait_until(lambda: self.channels() == 0, seconds, "calls are left over")

    def stop(self):
        """Ends it as a service manager would; anything but a clean end is a failure."""
        if self.program.running:
            self.program.process.send_signal(signal.SIGTERM)
            code = self.program.wait(15)
            expect(code == 0, f"the exchange ended with code {code}: {self.tail()}")
