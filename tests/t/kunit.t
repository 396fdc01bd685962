#!/usr/bin/python3
"""
The in-kernel suites, in each kernel, without and with real high memory. A suite is one line of
this report. A kernel that skips its plan, miscounts or ends wrongly fails, whatever its suites say.
"""

import re
import unittest

from k896 import KERNELS, OK, Qemu, main
from k896.ktap import parse

# `max`: a CPU with no-execute, without which the cases about it would all be skipped.
MACHINES = [("64M", "highmem=32M"), ("2G", "")]


class Suites(unittest.TestCase):
    def check(self, kernel, mem, append):
        with Qemu(kernel, mem, "max", f"{append} kunit=all".strip()) as machine:
            status = machine.wait(timeout=300)
            report = parse(machine.text)
            for suite in report.suites:
                with self.subTest(f"{kernel.name} {mem}: {suite.name}"):
                    words = "\n".join(line for line in suite.lines if not re.match(r"\s+ok ", line))
                    passed = suite.ok and "not ok" not in words
                    self.assertTrue(passed, machine.blame(f"suite {suite.name} failed:\n{words}"))
            with self.subTest(f"{kernel.name} {mem}: plan and exit status"):
                problem = report.problem()
                self.assertIsNone(problem, problem and machine.blame(problem))
                self.assertEqual(status, OK, machine.blame(f"ended with status {status}"))

    def test_suites_pass(self):
        for kernel in KERNELS:
            for mem, append in MACHINES:
                self.check(kernel, mem, append)


main()
