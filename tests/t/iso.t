#!/usr/bin/python3
"""The disc image: GRUB's menu on the serial line, all entries, and the same bytes again."""

import subprocess
import unittest

from k896 import ISO, ROOT, Qemu, main
from k896.kernels import BUILD

DOWN = "\x0e"  # Ctrl-N: the arrow key of any terminal


class DiscImage(unittest.TestCase):
    def boots(self, keys, levels):
        with Qemu(ISO, "256M", cpu="max", system="x86_64", name=f"menu-entry-of-{levels}-levels") as machine:
            machine.expect("GNU GRUB")
            machine.expect("x86_64")
            machine.send(keys)
            machine.boot()
            self.assertEqual(self.levels(machine), levels)
            machine.power_off()

    @staticmethod
    def levels(machine):
        """How many levels of table the running kernel walks, by the CPU's own registers."""
        registers = machine.hmp("info registers")
        cr4, efer = (int(registers.split(name)[1].split()[0], 16) for name in ("CR4=", "EFER="))
        if efer & 0x400:  # long mode is active
            return 4
        return 3 if cr4 & 0x20 else 2

    def test_first_entry_of_the_menu_is_the_two_level_kernel(self):
        self.boots("\r", 2)

    def test_second_entry_is_chosen_over_the_serial_line_and_has_three_levels(self):
        self.boots(DOWN + "\r", 3)

    def test_third_entry_has_four_levels(self):
        self.boots(DOWN * 2 + "\r", 4)

    def test_third_entry_says_so_where_the_cpu_has_no_long_mode(self):
        with Qemu(ISO, "64M", cpu="pentium3", name="menu-entry-without-long-mode") as machine:
            machine.expect("GNU GRUB")
            machine.expect("x86_64")
            machine.send(DOWN * 2 + "\r")
            machine.expect("needs a CPU with long mode")

    def test_menu_boots_the_default_by_itself(self):
        with Qemu(ISO, "64M", name="menu-time-out") as machine:
            machine.expect("GNU GRUB")
            machine.boot()
            machine.power_off()

    def make(self, image, *words):
        subprocess.run(["make", "--no-print-directory", image, *words], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        return ROOT / image

    def test_made_again_it_has_the_same_bytes(self):
        image = "build/logs/iso/again.iso"
        again = self.make(image, f"ISO={image}")
        self.assertTrue(again.read_bytes() == ISO.read_bytes(), f"{again} and {ISO} differ")
        again.unlink()

    def test_default_entry_and_command_line_are_those_asked_for(self):
        with Qemu(self.make("build/run.iso", "PAE=1", "APPEND=mem=48M nopge"), "64M", "max", name="made-to-measure") as machine:
            machine.boot()
            self.assertEqual(self.levels(machine), 3)
            self.assertRegex(machine.command("dmesg"), "ommand line:.*mem=48M nopge")
            machine.power_off()


main()
