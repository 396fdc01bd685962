#!/usr/bin/python3
"""Multiboot modules keep their frames, wherever they reach, and the rest of RAM stays in use."""

import re
import unittest

from k896 import KERNELS, Qemu, main
from k896.kernels import BUILD

MB = 1 << 20

# RAM, command line, sizes of the modules. The second would fill all of lowmem, so that
# highmem= is ignored; the third leaves the first page tables only the frames below 640 KB.
ROWS = [
    ("64M", "", [1, 5000, 3 * MB]),
    ("64M", "highmem=32M", [40 * MB]),
    ("512M", "nopse", [200 * MB, 1]),
]


class Modules(unittest.TestCase):
    def make(self, machine_name, sizes):
        """Sparse files in the folder of the logs."""
        folder = BUILD / "logs" / "modules"
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{machine_name}-{number}.bin" for number in range(len(sizes))]
        for path, size in zip(paths, sizes):
            with open(path, "wb") as file:
                file.truncate(size)
        return paths

    def test_modules_keep_their_frames(self):
        for kernel in KERNELS:
            for row, (mem, append, sizes) in enumerate(ROWS):
                with self.subTest(f"{kernel.name} {mem} {append} {sizes}"):
                    paths = self.make(f"{kernel.name}-{row}", sizes)
                    with Qemu(kernel, mem, "max", append, [f"{path} words" for path in paths]) as machine:
                        machine.boot()
                        iomem = machine.command("iomem")
                        ranges = re.findall(r"([0-9a-f]+)-([0-9a-f]+) : Module", iomem)
                        self.assertEqual([int(end, 16) - int(start, 16) + 1 for start, end in ranges], sizes,
                                         machine.blame(iomem))
                        for start, end in ranges:
                            for address in (int(start, 16), int(end, 16)):
                                self.assertIn("reserved", machine.command(f"page {address >> 12:#x}"),
                                              machine.blame(f"frame of {address:#x}"))
                        machine.power_off()
                    for path in paths:
                        path.unlink()


main()
