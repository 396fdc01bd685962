"""
TAP for prove: each test, and each subTest, is a line as soon as it is over.

A method named test_freed_frames_come_back reads "freed frames come back" in the report. A script
without tests, or whose tests are all filtered away, fails: silence is no proof.
"""

import os
import re
import sys
import unittest

import tap.runner

TIERS = ["quick", "ci", "all"]


def tier():
    """How much to test: 0 for `make test`, 1 for .ci/run, 2 for `make test-all`."""
    return TIERS.index(os.environ.get("K896_TIER", "quick"))


def _from_script_on(err):
    """A traceback without unittest's own frames at its top."""
    kind, value, trace = err
    script = sys.modules["__main__"].__file__
    while trace.tb_next and trace.tb_frame.f_code.co_filename != script:
        trace = trace.tb_next
    return kind, value, trace


class _Result(tap.runner.TAPTestResult):
    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err and _from_script_on(err))

    def addError(self, test, err):
        super().addError(test, _from_script_on(err))

    def addFailure(self, test, err):
        super().addFailure(test, _from_script_on(err))

    def _description(self, test):
        method, _, row = re.fullmatch(r"test_(\w+) \([^)]*\)( (.*))?", str(test), re.S).groups()
        words = method.replace("_", " ")
        # A '#' would begin a TAP directive.
        return f"{words} {row}".replace("#", "no. ") if row else words


class _Runner(tap.runner.TAPTestRunner):
    resultclass = _Result


def main():
    """What a .t script ends with."""
    sys.stdout.reconfigure(line_buffering=True)
    runner = _Runner()
    runner.set_stream(True)
    runner.set_header(False)
    program = unittest.main(testRunner=runner, exit=False)
    if not program.result.testsRun:
        print("Bail out! no tests ran")
    sys.exit(not program.result.wasSuccessful() or not program.result.testsRun)
