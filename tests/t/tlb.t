#!/usr/bin/python3
"""What the kernel says of its page tables is what QEMU finds when it walks them by itself."""

import unittest

from k896 import I386_PAE, KERNELS, X86_64, Qemu, main
from k896.tables import merged, parse_info_tlb, parse_ptdump

# RAM, CPU, command line
MACHINES = [
    ("2G", "max", ""),
    ("2G", "pentium3", "nopse"),
    ("2G", "max", "nopge"),
    ("64M", "max", "highmem=32M"),
    ("64M", "qemu32,-pse,-pge", "highmem=32M"),
    ("2G", "max", "noexec=off"),
    ("2G", "max", "vmalloc=384M"),
]
MACHINES_64 = [
    ("2G", "max", ""),
    ("6G", "max", ""),
    ("6G", "max", "nogbpages"),
    ("512M", "qemu64", "nopse"),
    ("2G", "max", "nopge"),
    ("64M", "qemu64", ""),
    ("2G", "max", "noexec=off"),
]


class Tables(unittest.TestCase):
    def both_views(self, kernel, mem, cpu, append):
        """The kernel's ranges and the pages that QEMU finds."""
        with Qemu(kernel, mem, cpu, append) as machine:
            machine.boot()
            said = parse_ptdump(machine.command("ptdump"))
            found = parse_info_tlb(machine.hmp("info tlb"), kernel.large)
            self.assertTrue(said, machine.blame("no line of ptdump understood"))
            self.assertTrue(found, machine.blame("no line of `info tlb` understood"))
            machine.power_off()
            return said, found

    def agree(self, said, found):
        difference = (set(merged(pages for pages, _ in said)) ^
                      set(merged(page for _, _, page in found)))
        self.assertFalse(difference, "only one of the two sees:\n" +
                         "\n".join(map(str, sorted(difference))))

    def lowmem_is_linear(self, kernel, said, found):
        lowmem_end = max(pages.end for pages, owner in said if owner == "lowmem")
        for virtual, physical, page in found:
            if kernel.page_offset <= virtual < lowmem_end:
                self.assertEqual(physical, virtual - kernel.page_offset, str(page))

    def test_ptdump_is_what_the_cpu_walks(self):
        for kernel in KERNELS:
            for row in MACHINES if kernel.has_highmem else MACHINES_64:
                with self.subTest(" ".join(filter(None, [kernel.name, *row]))):
                    said, found = self.both_views(kernel, *row)
                    self.agree(said, found)
                    self.lowmem_is_linear(kernel, said, found)

    def test_nothing_is_both_writable_and_executable_where_the_cpu_has_nx(self):
        for kernel in (I386_PAE, X86_64):
            with self.subTest(kernel.name):
                _, found = self.both_views(kernel, "2G", "max", "")
                self.assertFalse([str(page) for _, _, page in found if page.rights.startswith("rwx")])

    def test_holes_between_ranges_of_ram_are_not_mapped(self):
        _, found = self.both_views(X86_64, "6G", "max", "nogbpages")
        hole = range(X86_64.page_offset + (3 << 30), X86_64.page_offset + (4 << 30))
        self.assertFalse([str(page) for virtual, _, page in found if virtual in hole])

    def test_low_half_is_empty(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                _, found = self.both_views(kernel, "64M", "max", "")
                self.assertFalse([str(page) for virtual, _, page in found if virtual < kernel.page_offset])


main()
