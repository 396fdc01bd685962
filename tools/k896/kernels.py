"""What the build makes, and where it lies."""

import os
import pathlib
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"

# "-debug", "-extra" ...: which variant of the kernels is under test. The Makefile exports it.
VARIANT = os.environ.get("K896_VARIANT", "")

ISO = BUILD / f"k896{VARIANT}.iso"


class Kernel(NamedTuple):
    name: str    # the folder under build/, without the variant
    levels: int  # of page tables
    pae: bool

    @property
    def folder(self):
        return BUILD / (self.name + VARIANT)

    @property
    def elf(self):
        return self.folder / "kernel.elf"

    def symbols(self):
        """{name: address}, as kernel.sym has them."""
        rows = (line.split() for line in (self.folder / "kernel.sym").read_text().splitlines())
        return {name: int(address, 16) for address, name in rows}


I386 = Kernel("i386", 2, False)
I386_PAE = Kernel("i386-pae", 3, True)
KERNELS = [I386, I386_PAE]
