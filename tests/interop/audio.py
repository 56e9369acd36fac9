"""What a phone heard, from the RTP that reached its port, judged by tests/tools/audio_check.py."""
import sys
import wave

from exchange import SOUNDS
from processes import ROOT, Unmet, expect

sys.path.insert(0, str(ROOT / "tests" / "tools"))
import audio_check  # noqa: E402


def heard(capture, phone):
    """The samples of the stream to this phone, laid out by RTP time; None where none came."""
    data = capture.path.read_bytes()
    best = None
    for port in range(phone.rtp, phone.rtp + 40, 2):
        try:
            samples, _ = audio_check.read_rtp(data, to_port=port)
        except audio_check.Unreadable:
            continue
        if best is None or len(samples) > len(best):
            best = samples
    return best


def verdict(capture, phone, hz, seconds):
    """audio_check's report on one direction."""
    samples = heard(capture, phone)
    if samples is None:
        raise Unmet(f"{phone.user} heard no RTP at all")
    return audio_check.judge(samples, 8000, hz, seconds=seconds)


def describe(report):
    return (f"{report['tone']} Hz in {report['share']:.1%} of {report['frames']} frames, "
            f"largest gap {report['gap_ms']} ms")


def expect_tone(capture, phone, hz, seconds):
    report = verdict(capture, phone, hz, seconds)
    expect(report["verified"], f"{phone.user} hears {describe(report)}, "
           f"{seconds} s wanted")
    return describe(report)


def expect_no_tone(capture, phone, hz, seconds):
    """The same check must fail where the media was cut."""
    report = verdict(capture, phone, hz, seconds)
    expect(not report["verified"], f"cut media passed as whole: {describe(report)}")
    return describe(report)


def loudness(samples):
    """Root mean square of what arrived."""
    present = [sample for sample in samples if sample is not None]
    return (sum(s * s for s in present) / len(present)) ** 0.5 if present else 0.0


def length_of(prompt):
    """Seconds."""
    with wave.open(str(SOUNDS / f"{prompt}.wav")) as file:
        return file.getnframes() / file.getframerate()
