"""10,000 idle TCP connections and slow senders: closed by timers, and no call notices."""
import time

from crowd import Crowd
from exchange import Exchange
from processes import expect, wait_until
from sipp import Sipp

COUNT = 10_000
PATIENCE = 3      # seconds that a connection has for its first message

SETTINGS = f"""\
tcpauthtimeout = {PATIENCE}
tcpmaxconnections = {COUNT + 100}
"""
PEER = """\
[sipp]
type = friend
host = 127.0.0.1
port = {port}
context = default
"""


def _connections(exchange):
    rows = exchange.console("sip show counters", as_data=True)
    rows = rows["counters"] if isinstance(rows, dict) else rows
    counted = {row["counter"]: row["value"] for row in rows}
    return {"open": counted["connections"], "accepted": counted["connections_accepted"]}


def _calls_go_well(world, port):
    for transport in ("u1", "t1"):
        caller = Sipp("caller", world.folder / "sipp", world.ports, to=world.crowded.sip,
                      port=port, calls=20, rate=20, transport=transport)
        caller.ends_well()
    world.crowded.becomes_idle()


def ten_thousand_idle_connections(world):
    port = world.ports.take()
    world.crowded = Exchange(world.folder / "crowded", world.ports, more_general=SETTINGS,
                             more_sip=PEER.format(port=port), log_level="warning")
    try:
        return _crowded(world, world.crowded, port)
    finally:
        world.crowded.stop()


def _crowded(world, exchange, port):
    before = _connections(exchange)
    crowd = Crowd(exchange.sip, COUNT)
    try:
        wait_until(lambda: _connections(exchange)["accepted"] - before["accepted"] >= COUNT, 20,
                   "the exchange has not taken every connection")
        most = crowd.standing()
        _calls_go_well(world, port)
        began = time.monotonic()

        def all_gone():
            crowd.says_a_little_more()
            return crowd.standing() == 0

        wait_until(all_gone, 30, "connections that never said a whole message still stand")
        seconds = time.monotonic() - began
    finally:
        crowd.leaves()
    after = _connections(exchange)
    expect(after["open"] == before["open"], f"not all are forgotten: {before}, {after}")
    _calls_go_well(world, port)
    return f"{most} stood at once, none {seconds:.0f} s later; 80 calls went well"
