"""A baresip of its own: configuration folder, control connection, events, a tone to speak."""
import json
import math
import shutil
import socket
import struct
import threading
import time
import wave

from processes import Program, Unmet, expect, wait_until

MODULES = "/usr/lib/baresip/modules"
TONE_SECONDS = 120

CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
audio_source aufile,{folder}/tone.wav
audio_player aubridge,{name}-nowhere
audio_alert aubridge,{name}-nowhere
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
rtp_ports {rtp}-{rtp_end}
jitter_buffer_delay 5-10
call_local_timeout 120
call_max_calls {max_calls}
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


def write_tone(path, hz):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        period = [int(10000 * math.sin(2 * math.pi * hz * n / 8000)) for n in range(8000)]
        file.writeframes(struct.pack("<8000h", *period) * TONE_SECONDS)


class Phone:
    """`settings`: user, password, server port; tone in whole hertz; answer "auto" or "manual"."""

    def __init__(self, folder, ports, *, user, password, server, hz=440, answer="manual",
                 max_calls=4, transport="udp"):
        self.user, self.server, self.transport = user, server, transport
        self.folder = folder
        self.sip, self.control, self.rtp = ports.take(2), ports.take(), ports.take(40)
        self.events, self._fresh, self._buffer = [], threading.Condition(), b""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_tone(folder / "tone.wav", hz)
        (folder / "config").write_text(CONFIG.format(
            name=folder.name, folder=folder, sip=self.sip, rtp=self.rtp, rtp_end=self.rtp + 39,
            control=self.control, max_calls=max_calls, modules=MODULES))
        (folder / "accounts").write_text("")
        (folder / "contacts").write_text("")
        self.program = Program(["baresip", "-4", "-n", "127.0.0.1", "-f", folder],
                               folder / "log")
        self.connection = self._connect()
        threading.Thread(target=self._listen, daemon=True).start()
        # Only now, so that no event of the registration is missed.
        self.command("uanew", f"<sip:{user}@127.0.0.1:{server};transport={transport}>;"
                     f"auth_user={user};auth_pass={password};answermode={answer};regint=60;"
                     "ptime=20")

    def _connect(self):
        def attempt():
            expect(self.program.running, f"baresip of {self.user} ended: {self.program.log}")
            try:
                return socket.create_connection(("127.0.0.1", self.control), timeout=1)
            except OSError:
                return None
        connection = wait_until(attempt, 10, f"baresip of {self.user} takes no commands")
        connection.settimeout(None)
        return connection

    def _listen(self):
        try:
            while octets := self.connection.recv(4096):
                self._buffer += octets
                self._take_messages()
        except OSError:
            return                # the phone was stopped

    def _take_messages(self):
        """Messages are netstrings: length, colon, JSON, comma."""
        while b":" in self._buffer:
            length, rest = self._buffer.split(b":", 1)
            if len(rest) <= int(length):
                return
            message = json.loads(rest[:int(length)])
            self._buffer = rest[int(length) + 1:]
            with self._fresh:
                self.events.append(message)
                self._fresh.notify_all()

    def command(self, command, parameters=""):
        text = json.dumps({"command": command, "params": parameters, "token": command})
        self.connection.sendall(f"{len(text)}:{text},".encode())

    def mark(self):
        """A place in the history: events before it are no longer waited for."""
        with self._fresh:
            return len(self.events)

    def wait_for(self, kinds, seconds=5, since=0):
        """The first event of these kinds after the mark."""
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        deadline = time.monotonic() + seconds
        with self._fresh:
            while True:
                for event in self.events[since:]:
                    if event.get("type") in kinds:
                        return event
                if not self._fresh.wait(max(0, deadline - time.monotonic())):
                    if time.monotonic() >= deadline:
                        seen = [e.get("type") for e in self.events[since:] if e.get("type")]
                        raise Unmet(f"{self.user}: no {' or '.join(kinds)} within {seconds} s "
                                    f"(seen: {', '.join(seen) or 'nothing'})")

    def saw(self, kind, since=0):
        return any(event.get("type") == kind for event in self.events[since:])

    def registers(self, seconds=5):
        """Registers for the first time; gives (registered, what the registrar said)."""
        event = self.wait_for(("REGISTER_OK", "REGISTER_FAIL"), seconds)
        return event["type"] == "REGISTER_OK", event.get("param", "")

    def dial(self, number):
        self.command("dial", f"sip:{number}@127.0.0.1:{self.server};transport={self.transport}")

    def answer(self):
        self.command("accept")

    def hang_up(self):
        since = self.mark()
        self.command("hangup")
        self.wait_for("CALL_CLOSED", since=since)

    def press(self, digits):
        for digit in digits:
            self.command("sndcode", digit)
            time.sleep(0.3)

    def stop(self):
        self.program.stop()
        self.connection.close()

    def vanish(self):
        """As when the power fails: no BYE, no unregistration."""
        self.program.kill()
        self.connection.close()
