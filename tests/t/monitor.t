#!/usr/bin/python3
"""The monitor as a user has it: on the serial line, and on the screen with a PS/2 keyboard."""

import unittest

from k896 import I386, KERNELS, PROMPT, Qemu, main

LEFT, UP, DOWN = "\x1b[D", "\x1b[A", "\x1b[B"
RUBOUT, KILL_LINE, HOME = "\x7f", "\x15", "\x01"

# What is typed, and the error that answers it: one line that names what is wrong.
ERRORS = [
    ("frobnicate", r"frobnicate: no such command"),
    ("walk", r"walk: too few arguments; usage: walk ADDR"),
    ("walk xyz", r"walk: ADDR: 'xyz' is neither a number"),
    ("walk 0x123456789", r"walk: ADDR: '0x123456789' is too large a number"),
    ("walk 0 31000", r"walk: PID: there is no task 31000"),
    ("maps 31000", r"maps: PID: there is no task 31000"),
    ("pagemap 0", r"pagemap: PID: task 0 has no memory of its own"),
    ("ptdump 0", r"ptdump: PID: task 0 has no memory of its own"),
    ("x 0x0", r"x: "),
    ("page 0xfffffff", r"page: "),
    ("fault", r"fault: too few arguments"),
    ("fault nonsense", r"fault: .*nonsense"),
    ("test nonsense", r"test: .*nonsense"),
    ("help nonsense", r".*nonsense"),
    ("alloc pages 11", r"alloc: .*11"),
    ("alloc pages 0 GFP_NONSENSE", r"alloc: .*GFP_NONSENSE"),
    ("alloc kmalloc 0", r"alloc: .*0"),
    ("free 63", r"free: .*63"),
    ("vmalloc 0", r"vmalloc: "),
    ("vfree 0xc0000000", r"vfree: .*0xc0000000"),
    ("kmap 0xfffffff", r"kmap: "),
    ("kunmap 1", r"kunmap: "),
    ('x "0xc0100000', r"a double quote is never closed"),
]

COMMANDS = ["help", "layout", "iomem", "meminfo", "zoneinfo", "buddyinfo", "slabinfo", "walk", "ptdump",
            "maps", "pagemap", "page", "x", "alloc", "free", "kmaps", "fixmaps", "vmallocinfo",
            "kmap", "kunmap", "vmalloc", "vfree", "ps", "check", "fault", "test", "bench", "dmesg", "reboot",
            "poweroff"]


class SerialLine(unittest.TestCase):
    def setUp(self):
        self.machine = Qemu(I386, "64M", "pentium3", "highmem=32M", name=self._testMethodName)
        self.addCleanup(self.machine.close)
        self.machine.boot()

    def answer_to(self, keys):
        return self.machine.command(keys)

    def test_help_lists_every_command(self):
        text = self.answer_to("help")
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^\s*{command}\b", self.machine.blame(command))

    def test_mistakes_get_one_line(self):
        for line, message in ERRORS:
            with self.subTest(line):
                answer = self.answer_to(line)
                self.assertRegex(answer, message, self.machine.blame(f"answer to {line!r}"))
                self.assertEqual(answer.count("\n"), 1, self.machine.blame("more than one line"))

    def test_a_function_is_an_address(self):
        self.assertRegex(self.answer_to("walk start_kernel"), r"kernel text")

    def test_empty_line_is_nothing(self):
        self.assertEqual(self.answer_to(""), "")

    def test_rubout_takes_back_and_arrows_insert(self):
        for keys in ("meminfx" + RUBOUT + "o", "memfo" + LEFT * 2 + "in",
                     "nonsense" + KILL_LINE + "meminfo", "eminfo" + HOME + "m"):
            with self.subTest(repr(keys)):
                self.assertIn("MemTotal", self.answer_to(keys))

    def test_history_brings_lines_back(self):
        self.answer_to("meminfo")
        self.answer_to("frobnicate")
        self.assertIn("MemTotal", self.answer_to(UP + UP))
        self.assertIn("frobnicate: no such", self.answer_to(UP + UP + DOWN + DOWN + UP + UP))

    def test_tab_completes(self):
        self.assertIn("MemTotal", self.answer_to("memi\t"))

    def test_300_characters_are_no_harm(self):
        self.answer_to("y" * 300)
        self.assertIn("MemTotal", self.answer_to("meminfo"))

    def test_x_reads_the_kernel_image(self):
        # The Multiboot 2 magic stands in the first bytes of the image.
        self.assertIn("e85250d6", self.answer_to("x 0xc0100000 16").lower())

    def test_reboot_resets_the_machine(self):
        self.machine.send("reboot\r")
        self.machine.wait_for(0)  # what QEMU's -no-reboot makes of a reset


class Screen(unittest.TestCase):
    def test_keyboard_types_and_the_screen_shows(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                with Qemu(kernel, "64M", kernel.old_cpu, name=f"{kernel.name}-keyboard") as machine:
                    machine.boot()
                    machine.expect_on_screen(rf"(?m)^{PROMPT.strip()}")
                    machine.type_keys("frobnicatX\b")
                    machine.type_keys("e 1\n")
                    machine.expect_on_screen("frobnicate: no such command")
                    machine.power_off()


main()
