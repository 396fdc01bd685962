#!/usr/bin/python3
"""
The window from outside: what the kernel wrote into its frames through kmap, kmap_atomic and vmap is
what QEMU reads at their physical addresses. And the suites that want a machine of their own.
"""

import random
import re
import unittest

from k896 import I386, I386_PAE, KERNELS, OK, Qemu, main, tier
from k896.ktap import parse

PAGE_SHIFT = 12

# Kernel, RAM, command line, highmem's first frame, how many frames must hold their numbers
MACHINES = [
    (I386, "64M", "highmem=32M", 32 << 8, 12_000),
    (I386, "2G", "", 896 << 8, 500_000),
    (I386_PAE, "64M", "highmem=32M", 32 << 8, 12_000),
    (I386_PAE, "6G", "", 0x100000, 1_500),
]
if tier() > 1:
    MACHINES += [(I386_PAE, "2G", "", 896 << 8, 500_000), (I386_PAE, "61G", "", 0x100000, 14_000)]

SUITES = "window,pkmap,kmap_atomic,vmalloc,vmalloc_many,tlb,ioremap"


class Window(unittest.TestCase):
    def word_at(self, machine, pfn):
        """The first word of a frame, as QEMU reads it."""
        return int(machine.hmp(f"xp /1wx 0x{pfn << PAGE_SHIFT:x}").split()[1], 16)

    def stamped(self, machine):
        """Has every frame's number written into it; some of the numbers, and how many there are."""
        report = machine.command("test window", timeout=300)
        self.assertRegex(report, r"(?m)^ok 1 window", machine.blame("suite window failed"))
        samples = [int(pfn, 16) for pfn in re.findall(r"frame 0x([0-9a-f]+) holds", report)]
        return samples, int(re.search(r"# (\d+) frames hold", report)[1])

    def test_frames_hold_what_was_written_through_the_window(self):
        for kernel, mem, append, highest, least in MACHINES:
            with self.subTest(f"{kernel.name} {mem}"), Qemu(kernel, mem, "max", append) as machine:
                machine.boot()
                samples, count = self.stamped(machine)
                self.assertGreaterEqual(count, least)
                self.assertGreaterEqual(len(samples), 32)
                self.assertGreater(max(samples), highest)
                self.assertEqual([self.word_at(machine, pfn) for pfn in samples], samples)
                machine.power_off()

    def test_hardly_a_frame_of_highmem_is_left_out(self):
        with Qemu(I386, "2G", "max") as machine:
            machine.boot()
            self.stamped(machine)
            frames = random.Random(896).sample(range(896 << 8, 2047 << 8), 300)
            right = sum(self.word_at(machine, pfn) == pfn for pfn in frames)
            self.assertGreaterEqual(right, 295, machine.blame("frames without their number"))
            machine.power_off()

    def run_suites(self, kernel, mem, append):
        with Qemu(kernel, mem, "max", append) as machine:
            self.assertEqual(machine.wait(timeout=300), OK, machine.blame("a suite failed"))
            self.assertIsNone(parse(machine.text).problem())
            return machine

    def test_15000_areas_live_in_a_window_of_192_mb(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                machine = self.run_suites(kernel, "2G", "vmalloc=192M kunit=vmalloc_many")
                areas = int(re.search(r"# (\d+) live areas", machine.text)[1])
                self.assertGreaterEqual(areas, 15_000)

    def test_the_suites_pass_in_6_gb_and_where_there_is_no_highmem(self):
        self.run_suites(I386_PAE, "6G", f"kunit={SUITES}")
        self.run_suites(I386, "512M", f"kunit={SUITES}")


main()
