"""What a phone heard, from the RTP that reached its port, judged by tests/tools/audio_check.py."""
import math
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


def energy_share(frame, hz):
    """How much of a frame's energy lies at this frequency: 0 to 1."""
    step = 2 * math.pi * hz / 8000
    real = sum(s * math.cos(step * n) for n, s in enumerate(frame))
    imaginary = sum(s * math.sin(step * n) for n, s in enumerate(frame))
    whole = sum(s * s for s in frame)
    return 2 * (real * real + imaginary * imaginary) / len(frame) / whole if whole else 0.0


def expect_mix(capture, phone, present, absent, seconds):
    """These tones together in 95 % of the frames of 50 ms, of which all frequencies here are
    multiples of 20 Hz, so that they don't leak into each other; and not that one."""
    samples = heard(capture, phone)
    if samples is None:
        raise Unmet(f"{phone.user} heard no RTP at all")
    samples = [0 if sample is None else sample for sample in samples]
    frames = [samples[at:at + 400] for at in range(0, len(samples) - 399, 400)]
    expect(len(frames) >= seconds * 20, f"{phone.user} heard {len(frames) / 20} s only")
    shares = [[energy_share(frame, hz) for hz in (*present, absent)] for frame in frames]
    good = sum(all(s > 0.2 for s in share[:-1]) and sum(share[:-1]) > 0.9 and share[-1] < 0.01
               for share in shares) / len(shares)
    mean = [sum(column) / len(shares) for column in zip(*shares)]
    text = (f"{' and '.join(map(str, present))} Hz in {good:.1%} of {len(shares)} frames "
            f"({absent} Hz: {mean[-1]:.2%} of the energy)")
    expect(good >= 0.95, f"{phone.user} hears {text}; shares {[round(m, 3) for m in mean]}")
    return text


def loudness(samples):
    """Root mean square of what arrived."""
    present = [sample for sample in samples if sample is not None]
    return (sum(s * s for s in present) / len(present)) ** 0.5 if present else 0.0


def length_of(prompt):
    """Seconds."""
    with wave.open(str(SOUNDS / f"{prompt}.wav")) as file:
        return file.getnframes() / file.getframerate()
