#!/usr/bin/python3
"""Where a kernel can not run it says so in words, on the screen and on the serial line, and stops."""

import subprocess
import unittest

from k896 import FAILED, I386_PAE, KERNELS, ROOT, X86_64, Qemu, main

STUB = ROOT / "tests" / "t" / "stubs" / "badmagic.asm"

def build_stub(folder, bits):
    subprocess.run(["nasm", "-f", "elf32", f"-DBITS={bits}", "-o", folder + "/stub.o", STUB], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-Ttext", "0x2000000", "-o", folder + "/stub.elf",
                    folder + "/stub.o"], check=True)
    return folder + "/stub.elf"


class Refusals(unittest.TestCase):
    def refuses(self, words, *args, **kwargs):
        """Once as under test, for the status; once without the exit device, for the screen."""
        with Qemu(*args, **kwargs) as machine:
            machine.expect(words)
            machine.wait_for(FAILED)
        with Qemu(*args, **kwargs, exit_device=False) as machine:
            machine.expect(words)
            machine.expect_on_screen(words)

    def test_pae_kernel_on_a_cpu_without_pae(self):
        for cpu in ("486", "486,-pse", "pentium", "qemu32,-pae"):
            with self.subTest(cpu):
                self.refuses("needs a CPU with PAE", I386_PAE, cpu=cpu)

    def test_64_bit_kernel_on_a_cpu_without_long_mode(self):
        for cpu in ("486", "pentium", "pentium3", "qemu32", "qemu64,-lm"):
            with self.subTest(cpu):
                self.refuses("needs a CPU with long mode", X86_64, cpu=cpu)

    def test_wrong_magic(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                folder = kernel.folder / "stub"
                folder.mkdir(exist_ok=True)
                self.refuses("wrong magic", build_stub(str(folder), kernel.bits), modules=[str(kernel.elf)],
                             cpu="pentium3", name=f"{kernel.name}-wrong-magic")


main()
