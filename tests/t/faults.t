#!/usr/bin/python3
"""No silent death: every kind of fault is named, with its function, its address and a backtrace."""

import re
import unittest

from k896 import FAILED, I386, I386_PAE, KERNELS, X86_64, Qemu, main

# What `fault KIND` makes the CPU raise, and a function that the trace must name. exec-data needs NX,
# which the kernel with two levels has not.
KINDS = [
    ("null", "page fault", "#PF", "fault_null", KERNELS),
    ("user", "page fault", "#PF", "fault_user", KERNELS),
    ("write-text", "page fault", "#PF", "fault_write_text", KERNELS),
    ("exec-data", "page fault", "#PF", "cmd_fault", [I386_PAE, X86_64]),
    ("stack", "double fault", "#DF", "recurse", KERNELS),
    ("divide", "divide error", "#DE", "fault_divide", KERNELS),
    ("opcode", "invalid opcode", "#UD", "fault_opcode", KERNELS),
]


class Faults(unittest.TestCase):
    def report_of(self, kernel, kind):
        """What the kernel says of `fault @kind`, up to its end, which must be a failure."""
        with Qemu(kernel, "64M", "max", "highmem=32M", name=f"{kernel.name}-{kind}") as machine:
            machine.boot()
            start = machine.position
            machine.send(f"fault {kind}\r")
            machine.wait_for(FAILED)
            return machine.text[start:], machine

    def names(self, kernel, kind, exception, mnemonic, function):
        report, machine = self.report_of(kernel, kind)
        for what, pattern in [
                ("the exception", rf"{exception} \({mnemonic}"),
                ("the function", rf"Call trace:\n(?s:.*)^ \[0x[0-9a-f]{{8,16}}\] {function}\+0x"),
                ("the registers", r"[ER]AX 0x[0-9a-f]{8,16}  [ER]BX"),
                ("the control registers", r"CR0 0x[0-9a-f]{8,16}  CR2 0x[0-9a-f]{8,16}  CR3"),
                ("the panic", r"Kernel panic - not syncing")]:
            self.assertRegex(report, "(?m)" + pattern, machine.blame(f"no word of {what}"))
        return report

    def test_each_fault_is_reported(self):
        for kind, exception, mnemonic, function, kernels in KINDS:
            for kernel in kernels:
                with self.subTest(f"{kernel.name} fault {kind}"):
                    self.names(kernel, kind, exception, mnemonic, function)

    def test_page_fault_shows_the_address_and_its_walk(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                report = self.names(kernel, "null", "page fault", "#PF", "fault_null")
                cr2 = int(re.search(r"CR2 0x([0-9a-f]{8,16})", report)[1], 16)
                self.assertLess(cr2, 4096)
                self.assertRegex(report, r"(?m)^.*\bpgd\b")

    def test_backtrace_leads_from_the_fault_to_the_start_of_the_thread(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                report, _ = self.report_of(kernel, "divide")
                functions = re.findall(r"^ \[0x[0-9a-f]{8,16}\] (\w+)\+0x", report, re.MULTILINE)
                self.assertIn("monitor_loop", functions)
                self.assertIn("kernel_init", functions)

    def test_addresses_of_the_trace_are_those_of_the_symbol_table(self):
        report, _ = self.report_of(I386, "opcode")
        symbols = I386.symbols()
        match = re.search(r"^ \[0x([0-9a-f]{8,16})\] (\w+)\+0x([0-9a-f]+)", report, re.MULTILINE)
        self.assertEqual(int(match[1], 16), symbols[match[2]] + int(match[3], 16))


main()
