#!/usr/bin/python3
"""
The in-kernel suites, in each kernel, without and with real high memory. A suite is one line of
this report. A kernel that skips its plan, miscounts or ends wrongly fails, whatever its suites say.
"""

import re
import unittest

from k896 import KERNELS, OK, X86_64, Qemu, main, tier
from k896.kernels import VARIANT
from k896.ktap import parse

# Tier, CPU, RAM, command line. `max`: a CPU with no-execute, without which the cases about it would
# all be skipped; None: the least that the kernel runs on. 32 MB, half of them high, leave
# ZONE_NORMAL empty.
MACHINES = [
    (0, "max", "64M", "highmem=32M"),
    (0, "max", "2G", ""),
    (0, "max", "32M", "highmem=16M"),
    (1, None, "64M", "highmem=32M nopse nopge"),
    (1, "max", "64M", "highmem=32M slub_debug=FZPU page_poison=1 init_on_alloc=1"),
    (2, "max", "64M", "highmem=32M init_on_free=1"),
    (2, "max", "4G", "vmalloc=384M"),
]

# What another compiler, or DEBUG=1, makes different shows on these.
SMALL = ["32M", "64M"]

# RAM in two pieces, and pages of every size, as only the 64-bit kernel has them.
MACHINES_64 = [
    ("max", "4G", ""),
    ("max", "6G", ""),
    ("max", "6G", "nogbpages"),
    ("max", "2G", "nopse"),
    ("max,-pse", "2G", ""),
]
SUITES_64 = "paging_x86_64,layout_x86_64,paging,memmap,zones,vmalloc,setup,look"


def machines():
    """The rows of this tier. .ci/run has had the quick ones by the time it asks for its own."""
    for row_tier, cpu, mem, append in MACHINES:
        if mem not in SMALL and re.search("-debug|-llvm", VARIANT):
            continue
        if row_tier == tier() or tier() == 2:
            yield cpu, mem, append


class Suites(unittest.TestCase):
    def check(self, kernel, cpu, mem, append, suites="all"):
        where = " ".join(filter(None, [kernel.name, cpu, mem, append]))
        with Qemu(kernel, mem, cpu, f"{append} kunit={suites}".strip()) as machine:
            status = machine.wait(timeout=600)
            report = parse(machine.text)
            for suite in report.suites:
                with self.subTest(f"{where}: {suite.name}"):
                    words = "\n".join(line for line in suite.lines if not re.match(r"\s+ok ", line))
                    passed = suite.ok and "not ok" not in words
                    self.assertTrue(passed, machine.blame(f"suite {suite.name} failed:\n{words}"))
            with self.subTest(f"{where}: plan and exit status"):
                problem = report.problem()
                self.assertIsNone(problem, problem and machine.blame(problem))
                self.assertEqual(status, OK, machine.blame(f"ended with status {status}"))

    def test_suites_pass(self):
        for kernel in KERNELS:
            for cpu, mem, append in machines():
                self.check(kernel, cpu or kernel.old_cpu, mem, append)

    def test_suites_of_the_64_bit_tables_pass(self):
        for cpu, mem, append in MACHINES_64:
            self.check(X86_64, cpu, mem, append, SUITES_64)

    @unittest.skipUnless(tier() == 2, "not the whole matrix")
    def test_each_suite_passes_alone(self):
        """None may live by what an earlier one left: page tables, slots, caches."""
        for kernel in KERNELS:
            with Qemu(kernel, "64M", "max", "kunit=none") as machine:
                machine.wait()
                names = re.search(r"no suite 'none', nothing run; there are: (.*)", machine.text)[1]
            for name in names.split():
                self.check(kernel, "max", "64M", "", name)


main()
