"""What other programs make of us, beyond the demo: SIPp, sip-options, baresip over TCP and TLS."""
import subprocess
import time

import audio
from baresip import Phone
from capture import Capture
from crowd_case import ten_thousand_idle_connections
from processes import expect
from sipp import Sipp


def sip_options(world):
    run = subprocess.run(
        ["sip-options", "--bind=sip:127.0.0.1:*", f"sip:127.0.0.1:{world.exchange.sip}"],
        capture_output=True, text=True, check=False, timeout=40)
    first = (run.stdout.strip().split("\n") or [""])[0]
    expect(run.returncode == 0 and "200" in first,
           f"sip-options: {run.stdout.strip()} {run.stderr.strip()}")
    return first


def calls_over(world, transport):
    caller = Sipp("caller", world.folder / "sipp", world.ports, to=world.exchange.sip,
                  port=world.sipp_port, calls=20, rate=20, transport=transport)
    caller.ends_well()
    world.exchange.becomes_idle()


def sipp_calls_over_udp(world):
    calls_over(world, "u1")
    return "20 calls from a peer known by its address"


def sipp_calls_over_tcp(world):
    calls_over(world, "t1")
    return "20 calls over one connection"


def sipp_with_a_password(world):
    for transport in ("u1", "t1"):
        phone = Sipp("register_and_call", world.folder / "sipp", world.ports,
                     to=world.exchange.sip, calls=1, transport=transport)
        phone.ends_well()
    world.exchange.becomes_idle()
    return "register, call, unregister over UDP and TCP"


def sipp_to_sipp(world):
    """Through the exchange, media ports and all; the callee is a trunk known by its address."""
    callee = Sipp("callee", world.folder / "sipp", world.ports, port=world.trunk_port, calls=10)
    caller = Sipp("caller", world.folder / "sipp", world.ports, to=world.exchange.sip,
                  port=world.sipp_port, calls=10, rate=20, service="900")
    caller.ends_well()
    callee.ends_well()
    world.exchange.becomes_idle()
    return "10 calls to a trunk"


def sipp_cancels(world):
    callee = Sipp("callee_cancelled", world.folder / "sipp", world.ports, port=world.trunk_port,
                  calls=5)
    caller = Sipp("caller_cancels", world.folder / "sipp", world.ports, to=world.exchange.sip,
                  port=world.sipp_port, calls=5, service="900")
    caller.ends_well()
    callee.ends_well()
    world.exchange.becomes_idle()
    return "5 calls given up while ringing: 487, and the trunk is told"


def sipp_is_refused(world):
    notes = []
    for service, status in (("12345", "404"), ("700", "486"), ("701", "503")):
        caller = Sipp("refused", world.folder / "sipp", world.ports, to=world.exchange.sip,
                      port=world.sipp_port, service=service, replace=[("STATUS", status)])
        caller.ends_well()
        notes.append(f"{service}: {status}")
    callee = Sipp("callee_busy", world.folder / "sipp", world.ports, port=world.trunk_port)
    caller = Sipp("refused", world.folder / "sipp", world.ports, to=world.exchange.sip,
                  port=world.sipp_port, service="900", replace=[("STATUS", "486")])
    caller.ends_well()
    callee.ends_well()
    world.exchange.becomes_idle()
    return ", ".join(notes + ["busy trunk: 486"])


def phone_over(world, transport, port):
    phone = Phone(world.folder / f"carol-{transport}", world.ports, user="carol",
                  password="singer", server=port, hz=700, transport=transport)
    try:
        well, text = phone.registers()
        expect(well, f"refused: {text}")
        since = phone.mark()
        phone.dial("600")
        phone.wait_for("CALL_ESTABLISHED", since=since)
        time.sleep(0.5)
        with Capture(world.folder / f"{transport}.pcap", "udp") as capture:
            time.sleep(2.5)
        phone.hang_up()
        note = audio.expect_tone(capture, phone, 700, 2)
    finally:
        phone.stop()
    world.exchange.becomes_idle()
    return f"echo: {note}"


def baresip_over_tcp(world):
    return phone_over(world, "tcp", world.exchange.sip)


def baresip_over_tls(world):
    return phone_over(world, "tls", world.exchange.tls)


CASES = (
    sip_options, sipp_calls_over_udp, sipp_calls_over_tcp, sipp_with_a_password, sipp_to_sipp,
    sipp_cancels, sipp_is_refused, baresip_over_tcp, baresip_over_tls,
    ten_thousand_idle_connections,
)
