"""The demonstration of priority inversion tells what was measured, and draws it."""
import sys
import unittest
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import inversion      # noqa: E402


def results(realtime=True):
    return [{"name": "mutex", "realtime": realtime, "waits_us": [0.1, 68000.0, 300.0, 0.2]},
            {"name": "inheriting mutex", "realtime": realtime, "waits_us": [0.1, 0.2, 320.0, 0.1]},
            {"name": "fifo", "realtime": realtime, "waits_us": [0.1, 0.1, 0.2, 2.0]}]


class Inversion(unittest.TestCase):
    def test_the_table_gives_the_worst_of_each(self):
        lines = inversion.table(results()).split("\n")
        self.assertTrue(lines[1].endswith("68 ms"))
        self.assertTrue(lines[2].endswith("320 us"))
        self.assertTrue(lines[3].endswith("2 us"))

    def test_the_verdict_is_a_ratio_and_says_when_there_was_no_privilege(self):
        self.assertIn("34000 times", inversion.verdict(results()))
        self.assertNotIn("ordinary threads", inversion.verdict(results()))
        self.assertIn("ordinary threads", inversion.verdict(results(realtime=False)))

    def test_the_plot_is_svg_with_every_way_and_its_worst(self):
        root = xml.etree.ElementTree.fromstring(inversion.plot(results()))
        texts = " ".join(text.text for text in root.iter("{http://www.w3.org/2000/svg}text"))
        for part in ("a mutex: worst wait 68 ms", "our FIFO: worst wait 2 us", "100 ms", "0.1 us"):
            self.assertIn(part, texts)

    def test_a_longer_wait_stands_higher(self):
        scale = inversion.Scale(results(), 100)
        self.assertLess(scale.at(68000), scale.at(300))
        self.assertLess(scale.at(300), scale.at(0.1))


if __name__ == "__main__":
    unittest.main()
