#!/usr/bin/python3
"""What the kernel says of its page tables is what QEMU finds when it walks them by itself."""

import unittest

from k896 import I386, I386_PAE, KERNELS, Qemu, main
from k896.tables import SIZES, merged, parse_info_tlb, parse_ptdump

PAGE_OFFSET = 0xC0000000
LARGE = {I386: SIZES["4M"], I386_PAE: SIZES["2M"]}

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


class Tables(unittest.TestCase):
    def both_views(self, kernel, mem, cpu, append):
        """The kernel's ranges and the pages that QEMU finds."""
        with Qemu(kernel, mem, cpu, append) as machine:
            machine.boot()
            said = parse_ptdump(machine.command("ptdump"))
            found = parse_info_tlb(machine.hmp("info tlb"), LARGE[kernel])
            self.assertTrue(said, machine.blame("no line of ptdump understood"))
            self.assertTrue(found, machine.blame("no line of `info tlb` understood"))
            machine.power_off()
            return said, found

    def agree(self, said, found):
        difference = (set(merged(pages for pages, _ in said)) ^
                      set(merged(page for _, _, page in found)))
        self.assertFalse(difference, "only one of the two sees:\n" +
                         "\n".join(map(str, sorted(difference))))

    def lowmem_is_linear(self, said, found):
        lowmem_end = max(pages.end for pages, owner in said if owner == "lowmem")
        for virtual, physical, page in found:
            if virtual < lowmem_end:
                self.assertEqual(physical, virtual - PAGE_OFFSET, str(page))

    def test_ptdump_is_what_the_cpu_walks(self):
        for kernel in KERNELS:
            for row in MACHINES:
                with self.subTest(" ".join(filter(None, [kernel.name, *row]))):
                    said, found = self.both_views(kernel, *row)
                    self.agree(said, found)
                    self.lowmem_is_linear(said, found)

    def test_nothing_is_both_writable_and_executable_where_the_cpu_has_nx(self):
        _, found = self.both_views(I386_PAE, "2G", "max", "")
        self.assertFalse([str(page) for _, _, page in found if page.rights.startswith("rwx")])

    def test_low_half_is_empty(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                _, found = self.both_views(kernel, "64M", "max", "")
                self.assertFalse([str(page) for virtual, _, page in found if virtual < PAGE_OFFSET])


main()
