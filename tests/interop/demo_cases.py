"""The calls of the demo. Each case gets the world, checks what it names, and returns a note."""
import time

import audio
from baresip import Phone
from capture import Capture
from processes import expect, wait_until


def registers_with_a_password(world):
    for phone in (world.alice, world.bob, world.carol):
        well, text = phone.registers()
        expect(well, f"{phone.user} is refused: {text}")
    return "three phones, digest authentication"


def wrong_password_is_refused(world):
    texts = []
    for user, password in (("alice", "wrong"), ("nobody", "wonderland")):
        phone = Phone(world.folder / f"stranger-{user}", world.ports, user=user,
                      password=password, server=world.exchange.sip)
        try:
            well, text = phone.registers()
            expect(not well, f"{user} registers with the password {password}")
            texts.append(text)
        finally:
            phone.stop()
    expect(texts[0] == texts[1], f"answers tell who exists: {texts[0]} and {texts[1]}")
    return f"wrong password and unknown user: {texts[0]}"


def talk(world, capture_name, seconds, during=None):
    """alice calls bob; gives the capture of what both heard."""
    alice, bob = world.alice, world.bob
    at_alice, at_bob = alice.mark(), bob.mark()
    alice.dial("102")
    bob.wait_for("CALL_INCOMING", since=at_bob)
    bob.answer()
    alice.wait_for("CALL_ESTABLISHED", since=at_alice)
    bob.wait_for("CALL_ESTABLISHED", since=at_bob)
    time.sleep(0.5)               # the first packets find their way
    with Capture(world.folder / f"{capture_name}.pcap", "udp") as capture:
        time.sleep(seconds / 2)
        if during:
            during()
        time.sleep(seconds / 2)
    alice.hang_up()
    bob.wait_for("CALL_CLOSED", since=at_bob)
    world.exchange.becomes_idle()
    return capture


def phone_to_phone(world):
    capture = talk(world, "talk", 4)
    return (f"alice hears {audio.expect_tone(capture, world.alice, 880, 3.5)}; "
            f"bob hears {audio.expect_tone(capture, world.bob, 440, 3.5)}")


def cut_media_is_noticed(world):
    def cut():
        world.alice.command("mute")
        time.sleep(0.3)
        world.alice.command("mute")
    capture = talk(world, "cut", 4, during=cut)
    audio.expect_tone(capture, world.alice, 880, 3.5)
    return f"bob: {audio.expect_no_tone(capture, world.bob, 440, 3.5)}"


def hold_with_music(world):
    alice, bob = world.alice, world.bob
    at_alice, at_bob = alice.mark(), bob.mark()
    alice.dial("102")
    bob.wait_for("CALL_INCOMING", since=at_bob)
    bob.answer()
    alice.wait_for("CALL_ESTABLISHED", since=at_alice)
    alice.command("hold")
    time.sleep(0.7)
    with Capture(world.folder / "hold.pcap", "udp") as held:
        time.sleep(3)
    alice.command("resume")
    time.sleep(0.7)
    with Capture(world.folder / "resumed.pcap", "udp") as resumed:
        time.sleep(2.5)
    alice.hang_up()
    bob.wait_for("CALL_CLOSED", since=at_bob)
    music = audio.heard(held, bob)
    expect(music is not None, "bob hears nothing while he is on hold")
    loud = audio.loudness(music)
    expect(loud > 200, f"bob hears silence while he is on hold (loudness {loud:.0f})")
    expect(not audio.verdict(held, bob, 440, 1)["verified"], "bob still hears alice on hold")
    audio.expect_tone(resumed, bob, 440, 2)
    audio.expect_tone(resumed, alice, 880, 2)
    world.exchange.becomes_idle()
    return f"music at loudness {loud:.0f}, then both tones again"


def menu_by_keys(world):
    alice = world.alice
    since = alice.mark()
    alice.dial("500")
    alice.wait_for("CALL_ESTABLISHED", since=since)
    with Capture(world.folder / "prompt.pcap", "udp") as prompt:
        time.sleep(1.5)
    alice.press("1")
    time.sleep(0.7)
    with Capture(world.folder / "menu.pcap", "udp") as chosen:
        time.sleep(2.5)
    alice.hang_up()
    spoken = audio.heard(prompt, alice)
    expect(spoken is not None and audio.loudness(spoken) > 100, "the menu is silent")
    world.exchange.becomes_idle()
    return f"key 1: {audio.expect_tone(chosen, alice, 1004, 2)}"


def echo_by_keys(world):
    """An invalid key first, then the echo: alice hears herself."""
    alice = world.alice
    since = alice.mark()
    alice.dial("500")
    alice.wait_for("CALL_ESTABLISHED", since=since)
    time.sleep(0.5)
    alice.press("9")
    time.sleep(audio.length_of("invalid") + 0.7)
    alice.press("3")
    time.sleep(0.7)
    with Capture(world.folder / "echo.pcap", "udp") as capture:
        time.sleep(2.5)
    alice.hang_up()
    world.exchange.becomes_idle()
    return f"key 9 is refused, key 3: {audio.expect_tone(capture, alice, 440, 2)}"


def conference_of_three(world):
    """Each hears the tones of the two others, and not its own; a muted one is heard no more."""
    phones = (world.alice, world.bob, world.carol)
    for phone in phones:
        since = phone.mark()
        phone.dial("605")
        phone.wait_for("CALL_ESTABLISHED", since=since)
    try:
        channels = world.exchange.console("confbridge list 605", as_data=True)["users"]
        expect(len(channels) == 3, f"confbridge list shows {channels}")
        time.sleep(audio.length_of("conf-onlyperson") + 1)   # alice hears that she is the first
        with Capture(world.folder / "conference.pcap", "udp") as all_three:
            time.sleep(4)
        world.exchange.console("confbridge mute 605 " + channels[2]["channel"])
        time.sleep(0.7)
        with Capture(world.folder / "conference-muted.pcap", "udp") as two:
            time.sleep(3)
        conference_orders(world, channels[2]["channel"])
    finally:
        for phone in phones:
            phone.hang_up()
    world.exchange.becomes_idle()
    notes = [f"{phone.user}: {audio.expect_mix(all_three, phone, others, own, 3.5)}"
             for phone, others, own in ((world.alice, (880, 660), 440),
                                        (world.bob, (440, 660), 880),
                                        (world.carol, (440, 880), 660))]
    audio.expect_tone(two, world.alice, 880, 2.5)
    audio.expect_tone(two, world.bob, 440, 2.5)
    audio.expect_mix(two, world.carol, (440, 880), 660, 2.5)
    return "; ".join(notes)


def conference_orders(world, carols):
    """The console sends carol out, locks the room before her, and lets her in again."""
    console, carol = world.exchange.console, world.carol
    since = carol.mark()
    console(f"confbridge kick 605 {carols}")
    carol.wait_for("CALL_CLOSED", since=since)
    console("confbridge lock 605")
    since = carol.mark()
    carol.dial("605")
    carol.wait_for("CALL_CLOSED", since=since)
    rooms = console("confbridge list", as_data=True)["conferences"]
    expect(rooms[0]["users"] == 2 and rooms[0]["locked"], f"after kick and lock: {rooms}")
    console("confbridge unlock 605")
    since = carol.mark()
    carol.dial("605")
    carol.wait_for("CALL_ESTABLISHED", since=since)
    wait_until(lambda: len(console("confbridge list 605", as_data=True)["users"]) == 3, 10,
               "carol is in the unlocked conference")


def media_threads(world):
    """What the console tells of the media threads, and the test of the live one."""
    shards = world.exchange.console("media show shards", as_data=True)["shards"]
    queues = world.exchange.console("media show queues", as_data=True)["queues"]
    expect(len(queues) == 3 * len(shards) and all(row["taken_in"] >= 0 for row in queues), queues)
    said = world.exchange.console("timing test 2", as_data=True)
    expect(said["passes"] >= 1 and said["lost"] == 0, said)
    return f"{shards[0]['ticks']} ticks, {said['average_percent']:.3f} % in the test"


def closing(phone, since, seconds=10):
    return phone.wait_for("CALL_CLOSED", seconds, since=since).get("param", "")


def busy(world):
    alice, bob, carol = world.alice, world.bob, world.carol
    at_alice, at_bob, at_carol = alice.mark(), bob.mark(), carol.mark()
    bob.dial("203")
    carol.wait_for("CALL_INCOMING", since=at_carol)
    carol.answer()
    bob.wait_for("CALL_ESTABLISHED", since=at_bob)
    alice.dial("102")
    text = closing(alice, at_alice)
    expect("486" in text or "usy" in text, f"alice is told '{text}' where bob is busy")
    bob.hang_up()
    carol.wait_for("CALL_CLOSED", since=at_carol)
    world.exchange.becomes_idle()
    return f"bob talks to carol, alice is told: {text}"


def no_answer(world):
    alice, carol = world.alice, world.carol
    at_alice, at_carol = alice.mark(), carol.mark()
    alice.dial("103")
    carol.wait_for("CALL_INCOMING", since=at_carol)
    alice.wait_for("CALL_RINGING", since=at_alice)
    carol.wait_for("CALL_CLOSED", since=at_carol)
    text = closing(alice, at_alice)
    expect(not alice.saw("CALL_ESTABLISHED", at_alice), "nobody answered, yet alice is connected")
    world.exchange.becomes_idle()
    return f"after 2 s alice is told: {text or 'hang-up'}"


def cancelled(world):
    alice, carol = world.alice, world.carol
    at_alice, at_carol = alice.mark(), carol.mark()
    alice.dial("203")
    carol.wait_for("CALL_INCOMING", since=at_carol)
    alice.hang_up()
    carol.wait_for("CALL_CLOSED", since=at_carol)
    expect(not carol.saw("CALL_ESTABLISHED", at_carol), "carol was connected")
    world.exchange.becomes_idle()
    return "alice hangs up, carol stops ringing"


def unknown_number(world):
    since = world.alice.mark()
    world.alice.dial("9999")
    text = closing(world.alice, since)
    expect("404" in text, f"alice is told '{text}'")
    return f"alice is told: {text}"


def caller_gone(world):
    """The last case: alice's phone dies in the middle of a call."""
    alice, bob = world.alice, world.bob
    at_alice, at_bob = alice.mark(), bob.mark()
    alice.dial("102")
    bob.wait_for("CALL_INCOMING", since=at_bob)
    bob.answer()
    alice.wait_for("CALL_ESTABLISHED", since=at_alice)
    time.sleep(1)
    begin = time.monotonic()
    alice.vanish()
    bob.wait_for("CALL_CLOSED", 15, since=at_bob)
    seconds = time.monotonic() - begin
    expect(seconds > 2, f"bob's call ended after {seconds:.1f} s, before the media timeout of 3 s")
    wait_until(lambda: world.exchange.channels() == 0, 5, "the dead caller's leg is left over")
    return f"without BYE: media timeout ends bob's call after {seconds:.1f} s"


CASES = (
    registers_with_a_password, wrong_password_is_refused, phone_to_phone, cut_media_is_noticed,
    hold_with_music, conference_of_three, media_threads, menu_by_keys, echo_by_keys, busy,
    no_answer, cancelled, unknown_number, caller_gone,
)
