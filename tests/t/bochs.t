#!/usr/bin/python3
"""The disc image in Bochs, whose CPU is stricter than QEMU's; judged by what comes out of com1."""

import os
import pathlib
import subprocess
import unittest

from k896 import ISO, ROOT, Bochs, main, tier
from k896.machine import HANG

DOWN = "\x0e"
ENTRIES = [("i386", ""), ("i386-pae", DOWN), ("x86_64", DOWN * 2)]
SIZES = [[64], [64, 512], [64, 512, 2048]]  # megabytes, by tier; Bochs's start-up grows with them


class InBochs(unittest.TestCase):
    def boots(self, kernel, keys, mem, cpu):
        with Bochs(ISO, mem, cpu, name=f"{kernel}-{cpu}-{mem}M") as machine:
            machine.expect("GNU GRUB")
            machine.expect("x86_64")
            machine.send(keys + "\r")
            machine.boot(timeout=300)
            self.assertRegex(machine.command("meminfo"), r"(?m)^MemTotal:\s+\d+ kB$")
            machine.power_off()

    def test_all_kernels_boot_from_the_disc(self):
        for kernel, keys in ENTRIES:
            for mem in SIZES[tier()]:
                with self.subTest(f"{kernel} {mem}M"):
                    self.boots(kernel, keys, mem, "bx_generic")

    @unittest.skipUnless(tier(), "quick tier")
    def test_cpu_without_no_execute_runs_the_pae_kernel(self):
        self.boots("i386-pae", DOWN, 64, "p3_katmai")

    @unittest.skipUnless(tier(), "quick tier")
    def test_cpu_without_pae_runs_the_plain_kernel(self):
        self.boots("i386", "", 64, "pentium")

    def test_bochs_ends_with_its_launcher(self):
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        with subprocess.Popen(["tools/bochs.py", ISO, "64"], cwd=ROOT, env=environment,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
            launcher.stdout.read(1)  # the machine speaks
            children = pathlib.Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text()
            launcher.terminate()
            launcher.wait(HANG)
        self.assertTrue(children)
        for child in children.split():
            self.assertFalse(os.path.exists(f"/proc/{child}"), f"Bochs ({child}) lives on")


main()
