"""Tests netns.sh and the relay's frame mode: real sockets in two namespaces. Needs root.

netns_test.py RELAY
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "netns.sh"
RELAY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""

UDP_ECHO = """
import socket, sys
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7))
print('ready', flush=True)
while True:
    s.sendto(*s.recvfrom(2000))
"""

# Sends numbered datagrams, then waits for a second of silence; prints what came back.
UDP_CLIENT = """
import json, socket, sys, time
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(1)
s.connect((sys.argv[1], 7))
start = time.monotonic()
for i in range(int(sys.argv[2])):
    s.send(str(i).encode())
    time.sleep(0.001)
back, first = [], None
try:
    while True:
        back.append(int(s.recv(2000)))
        first = first or time.monotonic() - start
except TimeoutError:
    print(json.dumps({'back': back, 'first': first}))
"""

TCP_SINK = """
import hashlib, socket, sys
s = socket.create_server((sys.argv[1], 9))
print('ready', flush=True)
c, _ = s.accept()
h = hashlib.sha256()
while data := c.recv(65536):
    h.update(data)
print(h.hexdigest(), flush=True)
"""

TCP_SOURCE = """
import hashlib, random, socket, sys
data = random.Random(1).randbytes(300000)
socket.create_connection((sys.argv[1], 9)).sendall(data)
print(hashlib.sha256(data).hexdigest())
"""


def namespaces():
    out = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    return out.stdout


class Netns(unittest.TestCase):
    def setUp(self):
        self.name = f"strowger{os.getpid()}"
        self.is_up = False

    def tearDown(self):
        if self.is_up:
            self.down()
        self.assertNotIn(self.name, namespaces())

    def up(self, *options):
        subprocess.run([SCRIPT, "up", self.name, RELAY, *options], check=True)
        self.is_up = True

    def down(self):
        self.is_up = False
        out = subprocess.run([SCRIPT, "down", self.name], capture_output=True, text=True,
                             check=True)
        return json.loads(out.stdout)

    def start(self, side, program, *arguments):
        process = subprocess.Popen(
            ["ip", "netns", "exec", f"{self.name}-{side}", sys.executable, "-c", program,
             *arguments], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def echo(self, address, count):
        server = self.start("b", UDP_ECHO, address)
        self.assertEqual(server.stdout.readline(), "ready\n")
        client = self.start("a", UDP_CLIENT, address, str(count))
        answer = json.loads(client.stdout.readline())
        server.kill()
        return answer

    def test_carries_both_families_and_delays_them(self):
        self.up("--delay", "20")
        for address in ("10.77.0.2", "fd77::2"):
            answer = self.echo(address, 5)
            self.assertEqual(answer["back"], [0, 1, 2, 3, 4])
            self.assertGreaterEqual(answer["first"], 0.04)

    def test_loses_and_doubles_and_counts(self):
        self.up("--loss", "20", "--duplicate", "10", "--seed", "7")
        answer = self.echo("10.77.0.2", 400)
        counters = self.down()
        different = len(set(answer["back"]))
        self.assertGreater(different, 180)
        self.assertLess(different, 340)
        self.assertGreater(len(answer["back"]), different)
        self.assertGreater(counters["left_to_right"]["lost"], 40)
        self.assertGreater(counters["right_to_left"]["duplicated"], 10)

    def test_reorders(self):
        self.up("--reorder", "10")
        answer = self.echo("10.77.0.2", 200)
        self.assertEqual(sorted(answer["back"]), list(range(200)))
        self.assertNotEqual(answer["back"], list(range(200)))

    def test_carries_tcp_whole_over_a_lossy_path(self):
        self.up("--loss", "2", "--delay", "2")
        sink = self.start("b", TCP_SINK, "10.77.0.2")
        self.assertEqual(sink.stdout.readline(), "ready\n")
        source = self.start("a", TCP_SOURCE, "10.77.0.2")
        sent = source.stdout.readline()
        self.assertEqual(sink.stdout.readline(), sent)
        self.assertEqual(len(sent), 65)
        self.assertGreater(self.down()["left_to_right"]["lost"], 0)

    def test_runs_a_command_and_cleans_up_whatever_becomes_of_it(self):
        command = 'ip netns exec "$NETNS_A" ping -q -c 1 "$ADDRESS_B" >/dev/null; exit 3'
        if subprocess.run(["which", "ping"], capture_output=True).returncode != 0:
            command = 'ip -n "$NETNS_A" route get "$ADDRESS_B" >/dev/null && exit 3'
        done = subprocess.run([SCRIPT, "run", self.name, RELAY, "--", "bash", "-c", command])
        self.assertEqual(done.returncode, 3)

    def test_cleans_up_when_the_relay_does_not_start(self):
        done = subprocess.run([SCRIPT, "up", self.name, RELAY, "--loss", "200"],
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--loss", done.stderr)

    def test_refuses_a_name_that_is_up(self):
        self.up()
        again = subprocess.run([SCRIPT, "up", self.name, RELAY], capture_output=True, text=True)
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("is up already", again.stderr)


if __name__ == "__main__":
    if not RELAY:
        sys.exit(__doc__)
    if os.geteuid() != 0:
        sys.exit("netns_test.py: root is needed to make network namespaces")
    unittest.main()
