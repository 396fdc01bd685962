#!/usr/bin/python3
"""Every kind of machine boots to a prompt that works: sizes of RAM and models of CPU, by -kernel."""

import re
import unittest

from k896 import I386, I386_PAE, X86_64, Qemu, main

MB, GB = 1 << 10, 1 << 20  # in the kB of meminfo
LOWMEM = 896 * MB
BELOW_PCI_HOLE = 3 * GB    # where QEMU's pc goes on above 4 GB, once there is more than 3.5 GB

BOTH, PLAIN, PAE, LONG = [I386, I386_PAE], [I386], [I386_PAE], [X86_64]

# kernels, RAM, CPU, command line, RAM that the kernel can use, of it high (kB)
SIZES = [
    (BOTH, "16M", "pentium3", "", 16 * MB, 0),
    (BOTH, "64M", "pentium3", "highmem=32M", 64 * MB, 32 * MB),
    (BOTH, "512M", "pentium3", "", 512 * MB, 0),
    (BOTH, "896M", "pentium3", "", 896 * MB, 0),
    (BOTH, "1G", "pentium3", "", GB, GB - LOWMEM),
    (BOTH, "2G", "pentium3", "", 2 * GB, 2 * GB - LOWMEM),
    (BOTH, "2G", "pentium3", "mem=1G", GB, GB - LOWMEM),
    (PLAIN, "4G", "pentium3", "", BELOW_PCI_HOLE, BELOW_PCI_HOLE - LOWMEM),
    (PAE, "4G", "pentium3", "", 4 * GB, 4 * GB - LOWMEM),
    (PLAIN, "6G", "pentium3", "", BELOW_PCI_HOLE, BELOW_PCI_HOLE - LOWMEM),
    (PAE, "6G", "pentium3", "", 6 * GB, 6 * GB - LOWMEM),
    (PAE, "61G", "max", "", 61 * GB, 61 * GB - LOWMEM),
    (LONG, "32M", "qemu64", "", 32 * MB, 0),
    (LONG, "64M", "qemu64", "", 64 * MB, 0),
    (LONG, "512M", "qemu64", "nopse", 512 * MB, 0),
    (LONG, "2G", "max", "", 2 * GB, 0),
    (LONG, "2G", "max", "mem=1G", GB, 0),
    (LONG, "6G", "max", "nogbpages", 6 * GB, 0),
    (LONG, "61G", "max", "", 61 * GB, 0),
    (LONG, "64G", "max,phys-bits=40", "", 64 * GB, 0),
    # 32 physical address bits: what the map lists above them is not there for this CPU.
    (PAE, "6G", "qemu32", "", BELOW_PCI_HOLE, BELOW_PCI_HOLE - LOWMEM),
]

# kernels, CPU, command line
MODELS = [
    (PLAIN, "486,-pse", ""),
    (PLAIN, "486", ""),
    (PLAIN, "pentium", ""),
    (BOTH, "pentium2", ""),
    (BOTH, "core2duo", ""),
    (BOTH, "n270", ""),
    (BOTH, "max", ""),
    (BOTH, "max", "noexec=off"),
    (BOTH, "qemu32,-pse,-pge", ""),
    (BOTH, "core2duo", "nopse"),
    (BOTH, "core2duo", "nopge"),
    (BOTH, "core2duo,-nx", "nopse nopge"),
]

# The same for the kernel without high memory.
MODELS_64 = [
    ("qemu64", ""),
    ("core2duo", ""),
    ("Opteron_G1,-nx", ""),
    ("Skylake-Client", ""),
    ("max", ""),
    ("max", "noexec=off"),
    ("max", "nogbpages"),
    ("qemu64", "nopse nopge"),
]


def meminfo(machine):
    """{"MemTotal": kB, ...}"""
    rows = re.findall(r"^(\w+):\s+(\d+) kB$", machine.command("meminfo"), re.MULTILINE)
    return {name: int(kilobytes) for name, kilobytes in rows}


class Boot(unittest.TestCase):
    def check_layout(self, kernel, machine):
        layout = machine.command("layout")
        for region in ("fixmap", "pkmap" if kernel.has_highmem else "mem_map", "vmalloc", "lowmem"):
            self.assertRegex(layout, region, machine.blame(f"layout without {region}"))

    def check_memory(self, machine, usable, high):
        """All of RAM is there but for mem_map, the image, and the BIOS's part of it."""
        info = meminfo(machine)
        taken = 3 * MB + usable // 50
        what = f"meminfo says {info}"
        self.assertLessEqual(info["MemTotal"], usable, machine.blame(what))
        self.assertGreaterEqual(info["MemTotal"], usable - taken, machine.blame(what))
        self.assertAlmostEqual(info["HighTotal"], high, delta=MB, msg=machine.blame(what))
        self.assertEqual(info["LowTotal"] + info["HighTotal"], info["MemTotal"], machine.blame(what))

    def boots(self, kernel, mem, cpu, append, usable, high):
        with self.subTest(" ".join(filter(None, [kernel.name, mem, cpu, append]))):
            with Qemu(kernel, mem, cpu, append) as machine:
                log = machine.boot()
                self.assertIn("k896", log, machine.blame("no boot log"))
                self.check_layout(kernel, machine)
                self.check_memory(machine, usable, high)
                machine.power_off()

    def test_every_size_of_memory_is_used_whole(self):
        for kernels, *row in SIZES:
            for kernel in kernels:
                self.boots(kernel, *row)

    def test_every_model_of_cpu_boots(self):
        for kernels, cpu, append in MODELS:
            for kernel in kernels:
                self.boots(kernel, "64M", cpu, f"highmem=32M {append}".strip(), 64 * MB, 32 * MB)
        for cpu, append in MODELS_64:
            self.boots(X86_64, "64M", cpu, append, 64 * MB, 0)


main()
