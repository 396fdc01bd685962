#!/usr/bin/python3
"""The tour: each stop's facts hold, and docs/tour.md shows what a run shows."""

import re
import subprocess
import sys
import unittest

from k896 import KERNELS, main, tier
from k896.kernels import ROOT
from k896.stops import TOURS
from k896.tour import walk
from k896.transcript import chapter_blocks, comparable, fresh_blocks, stops_block

LEAST_STOPS = 14


class Tables(unittest.TestCase):
    def test_each_kernel_has_a_tour(self):
        for kernel in KERNELS:
            self.assertGreaterEqual(len(TOURS[kernel.name].stops), LEAST_STOPS)

    def test_each_stop_is_a_landmark_in_the_source(self):
        for kernel in KERNELS:
            symbols = kernel.symbols()
            for stop in TOURS[kernel.name].stops:
                self.assertIn(stop.at, symbols)
                name, label = re.fullmatch(r"(\w+)(\.\w+)?", stop.at).groups()
                defined = re.escape(label) + ":" if label else rf"\b{name}(:|\()"
                self.assertRegex((ROOT / stop.source).read_text(), defined)

    def test_the_chapter_lists_them(self):
        for kernel in KERNELS:
            self.assertEqual(chapter_blocks(kernel)["stops"], stops_block(TOURS[kernel.name]),
                             "docs/tour.md is stale: `make docs-tour` writes it anew")


@unittest.skipUnless(tier(), "quick tier")
class Walks(unittest.TestCase):
    maxDiff = None

    def test_facts_of_each_stop(self):
        for kernel in KERNELS:
            visits = []
            for guide, visit in walk(kernel):
                visits.append(visit)
                with self.subTest(f"{kernel.name} {visit.number} {visit.stop.at}"):
                    complaints = guide.complaints(visit)
                    self.assertFalse(complaints, "\n".join(complaints))
            with self.subTest(f"{kernel.name} as in the chapter"):
                self.assertEqual(comparable(fresh_blocks(kernel, visits)),
                                 comparable(chapter_blocks(kernel)),
                                 "docs/tour.md is stale: `make docs-tour` writes it anew")


class Without(unittest.TestCase):
    def run_debug(self, *words, **environment):
        return subprocess.run([sys.executable, ROOT / "tools" / "debug.py", *words],
                              capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/bin:/bin", **environment})

    def test_a_display_the_window_is_refused(self):
        result = self.run_debug("gui", "i386", "no.iso", "64")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "no display.*make bochs-debug")

    def test_a_debugger_in_bochs_its_package_is_named(self):
        stub = ROOT / "tests" / "t" / "stubs" / "bochs-without-debugger"
        result = self.run_debug("tour", "i386", PATH=f"{stub}:/usr/bin:/bin")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "built without its debugger.*package bochs")


main()
