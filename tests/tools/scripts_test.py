"""The scripts that judge results must not flatter: tallies, names of cases, response times."""
import contextlib
import io
import struct
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "bench"), str(ROOT / "tests" / "interop")]
import calls          # noqa: E402
import conformance    # noqa: E402
import mutate         # noqa: E402
import results        # noqa: E402

GTEST = """<testsuites><testsuite name="S">
<testcase name="passes" classname="S" status="run" result="completed"/>
<testcase name="fails" classname="S" status="run" result="completed">
<failure message="no"/></testcase>
<testcase name="waits" classname="S" status="run" result="skipped">
<skipped message="no vectors"/></testcase>
</testsuite></testsuites>"""
CTEST = """<testsuite><testcase name="one" status="run"/>
<testcase name="script" status="run"/><testcase name="died" status="fail"/></testsuite>"""


class Results(unittest.TestCase):
    def cases(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "one.xml").write_text(GTEST, encoding="utf-8")
            Path(folder, "ctest.junit").write_text(CTEST, encoding="utf-8")
            return results.read(folder)

    def test_counts_executed_cases_and_programs_that_died(self):
        line, failed = results.tally(self.cases())
        self.assertEqual(2, failed)
        self.assertIn("50% tests passed, 2 tests failed out of 4", line)
        self.assertIn("1 more skipped", line)

    def test_a_skipped_case_keeps_its_reason(self):
        skipped = [case for case in self.cases() if case.status == "skipped"]
        self.assertEqual(["no vectors"], [case.note for case in skipped])

    def test_no_results_at_all_are_no_success(self):
        self.assertEqual("0% tests passed, 0 tests failed out of 0", results.tally([])[0])


class Conformance(unittest.TestCase):
    def of(self, suite, name):
        return conformance.standard_and_case(results.Case("conformance_sip", suite, name, "passed"))

    def test_names_carry_standard_clause_and_text(self):
        self.assertEqual(("RFC 3261", "17.1.1.2", "timer a doubles"),
                         self.of("Transactions", "Rfc3261_17_1_1_2_timer_a_doubles"))
        self.assertEqual(("RFC 4475", "3.1.1.1", "wsinv"), self.of("Rfc4475", "3_1_1_1_wsinv"))
        self.assertEqual(("Q.703", "10.2", "link starts"), self.of("Q703", "10_2_link_starts"))

    def test_a_page_differs_by_cases_and_not_by_missing_vectors(self):
        def page(status, name="Rfc3261_8_1_a"):
            return conformance.page([results.Case("conformance_sip", "S", name, status)])
        self.assertEqual(conformance.without_status(page("passed")),
                         conformance.without_status(page("skipped")))
        self.assertNotEqual(conformance.without_status(page("passed")),
                            conformance.without_status(page("passed", "Rfc3261_8_1_b")))

    def test_a_failed_case_is_seen(self):
        case = results.Case("conformance_sip", "S", "Rfc3261_8_1_a", "failed")
        self.assertIn("| failed |", conformance.page([case]))


class Mutate(unittest.TestCase):
    """A program of two mutations, of which its tests notice one."""
    PROGRAM = """#!/bin/sh
case "$*" in
  *Mutations.list*) echo "mutation seen first row"; echo "mutation unseen second row" ;;
esac
[ "$STROWGER_MUTATE" != seen ]
"""

    def test_a_mutation_that_no_test_notices_survives(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "conformance_fake")
            program.write_text(self.PROGRAM, encoding="utf-8")
            program.chmod(0o755)
            with contextlib.redirect_stdout(io.StringIO()):
                tried, survivors = mutate.check(program, [])
        self.assertEqual(2, tried)
        self.assertEqual(["conformance_fake unseen second row"], survivors)


class ResponseTimes(unittest.TestCase):
    def test_are_taken_call_by_call_from_the_first_answer(self):
        def frame(micros, to_port, text):
            udp = struct.pack(">HHHH", 1, to_port, 0, 0) + text
            packet = bytes(14) + b"\x45" + bytes(19) + udp
            return struct.pack("<IIII", 10, micros, len(packet), len(packet)) + packet
        call = b"\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n"
        octets = (bytes(24) + frame(1000, 5060, b"INVITE sip:a SIP/2.0" + call) +
                  frame(1400, 7000, b"SIP/2.0 100 Trying" + call) +
                  frame(2000, 7000, b"SIP/2.0 200 OK\r\nAllow: INVITE\r\n"
                        b"Call-ID: a\r\nCSeq: 2 BYE\r\n") +
                  frame(3000, 7000, b"SIP/2.0 200 OK" + call) +
                  frame(9000, 7000, b"SIP/2.0 200 OK" + call))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.pcap")
            path.write_bytes(octets)
            trying, answered = calls.response_times(path, 5060, 7000)
        self.assertEqual([0.4], [round(time, 3) for time in trying])
        self.assertEqual([2.0], [round(time, 3) for time in answered])


if __name__ == "__main__":
    unittest.main()
