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
    name: str      # the folder under build/, without the variant
    levels: int    # of page tables
    pae: bool
    bits: int      # of an address
    large: int     # bytes that an entry of the last level but one maps

    @property
    def system(self):
        """Which QEMU runs it."""
        return "x86_64" if self.bits == 64 else "i386"

    @property
    def has_highmem(self):
        return self.bits == 32

    @property
    def old_cpu(self):
        """A model with little more than the kernel needs."""
        return "pentium3" if self.bits == 32 else "qemu64"

    @property
    def page_offset(self):
        """Where the linear mapping begins."""
        return 0xC0000000 if self.bits == 32 else 0xFFFF888000000000

    @property
    def start_kernel_map(self):
        """How far above its physical address the image is linked."""
        return 0xC0000000 if self.bits == 32 else 0xFFFFFFFF80000000

    @property
    def folder(self):
        return BUILD / (self.name + VARIANT)

    @property
    def elf(self):
        return self.folder / "kernel.elf"

    @property
    def initrd(self):
        """The ramdisk with its programs."""
        return BUILD / f"initrd-{'x86_64' if self.bits == 64 else 'i386'}.cpio"

    def symbols(self):
        """{name: address}, as kernel.sym has them."""
        rows = (line.split() for line in (self.folder / "kernel.sym").read_text().splitlines())
        return {name: int(address, 16) for address, name in rows}


I386 = Kernel("i386", 2, False, 32, 4 << 20)
I386_PAE = Kernel("i386-pae", 3, True, 32, 2 << 20)
X86_64 = Kernel("x86_64", 4, True, 64, 2 << 20)
KERNELS = [I386, I386_PAE, X86_64]
