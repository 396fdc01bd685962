#!/usr/bin/python3
"""Nonsense on the command line gets a message that names it, and the machine boots all the same."""

import unittest

from k896 import KERNELS, Qemu, main

LONG = "x" * 300

# command line, what the log says of it, and what it must not
LINES = [
    ("mem=4M", r"mem="),
    ("mem=abc", r"mem=abc"),
    ("mem=", r"mem="),
    ("mem=99999999999999999999G", r"mem=9*G: too large"),
    ("mem=0", r"mem="),
    ("highmem=9999M", r"highmem="),
    ("highmem=abc", r"highmem=abc"),
    ("highmem=16777215M", r"highmem=.*(would leave less|no high memory)"),  # as frames: just below 2^32
    ("highmem=16384G", r"highmem=.*(would leave less|no high memory)"),     # and 2^32
    ("vmalloc=1", r"vmalloc="),
    ("vmalloc=4G", r"vmalloc="),
    ("loglevel=99", r"loglevel="),
    ("frobnicate=1", r"'frobnicate=1' is not an option"),
    ("nopsex", r"'nopsex' is not an option"),
    (LONG, r"is 300 characters long"),
    (" ".join(f"word{i}" for i in range(50)), r"'word49' is not an option"),
]


class BadInput(unittest.TestCase):
    def test_each_gets_a_message_and_a_prompt(self):
        for kernel in KERNELS:
            for line, message in LINES:
                with self.subTest(f"{kernel.name} {line[:40]}"):
                    with Qemu(kernel, "64M", "max", line) as machine:
                        machine.boot()
                        # The boot log as such repeats the command line; a complaint is a warning.
                        log = machine.command("dmesg")
                        complaints = "\n".join(said for said in log.splitlines()
                                               if "ommand line:" not in said)
                        self.assertRegex(complaints, message, machine.blame("no complaint"))
                        self.assertIn("MemTotal", machine.command("meminfo"))
                        machine.power_off()


main()
