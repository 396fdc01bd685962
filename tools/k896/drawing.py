"""
docs/memory-map.md: what `layout` prints, as figures to scale.

        <!-- map i386 2G -->       kernel, RAM, command line; below it the fenced block, made here

Two columns for each machine: a wide view, and a part of it closer. A row stands for so many bytes; what
is printed beside it begins in that row; the bar is what most of the row belongs to.
"""

import itertools
import re
from typing import NamedTuple

from .kernels import KERNELS, ROOT
from .qemu import Qemu

CHAPTER = ROOT / "docs" / "memory-map.md"
BLOCK = re.compile(r"(<!-- map (.+?) -->\n```\n)(.*?)(```\n)", re.DOTALL)
REGION = re.compile(r"^    (\S[\w ]*?) +: 0x([0-9a-f]+) - 0x([0-9a-f]+) ", re.MULTILINE)
ROWS = 32
BARS = {"user": "u", "lowmem": "#", "vmalloc": "v", "pkmap": "k", "fixmap": "f", "kernel": "K",
        "mem_map": "m"}
UNITS = [("TB", 40), ("GB", 30), ("MB", 20), ("kB", 10)]


class Region(NamedTuple):
    name: str
    start: int
    end: int

    def within(self, low, high):
        return max(0, min(self.end, high) - max(self.start, low))


class View(NamedTuple):
    start: int
    size: int


# (wide, close), by the bits of an address.
VIEWS = {32: (View(0, 4 << 30), View(0xC0000000, 1 << 30)),
         64: (View(0xFFFF800000000000, 128 << 40), View(0xFFFFFFFF80000000, 2 << 30))}


def size_text(size):
    unit, shift = next((unit, shift) for unit, shift in UNITS if size >> shift)
    return f"{size / (1 << shift):.0f} {unit}"


def draw(regions, view, bits):
    """The lines of one figure, from the highest address down."""
    step = view.size // ROWS
    lines = [f"a row is {size_text(step)}"]
    for low in range(view.start + view.size - step, view.start - 1, -step):
        here = [region for region in regions if region.within(low, low + step)]
        most = max(here, key=lambda region: region.within(low, low + step), default=None)
        bar = (BARS[most.name] if most and most.within(low, low + step) * 2 >= step else ".") * 6
        names = [region.name for region in here if low <= region.start < low + step]
        lines.append(f"{low:0{bits // 4}x} |{bar}| {', '.join(names)}".rstrip())
    return lines


def row_of(region, digits):
    """A line of the table; where the image ends is every build's own affair."""
    if region.name == "kernel":
        return f"{region.name:8} 0x{region.start:0{digits}x} - _end"
    return (f"{region.name:8} 0x{region.start:0{digits}x} - 0x{region.end:0{digits}x}"
            f"  {size_text(region.end - region.start):>8}")


def figure(kernel, layout):
    """@layout: the command's output"""
    regions = [Region(name, int(start, 16), int(end, 16)) for name, start, end in REGION.findall(layout)]
    wide, close = (draw(regions, view, kernel.bits) for view in VIEWS[kernel.bits])
    width = max(map(len, wide)) + 3
    rows = [f"{left:{width}}{right}".rstrip()
            for left, right in itertools.zip_longest(wide, close, fillvalue="")]
    table = [row_of(region, kernel.bits // 4) for region in regions]
    return "\n".join([*rows, "", *table]) + "\n"


def fresh_figure(machine):
    """@machine: the words of the comment"""
    name, mem, *append = machine.split()
    kernel = next(kernel for kernel in KERNELS if kernel.name == name)
    with Qemu(kernel, mem, "max", " ".join(append), name=f"map-{'-'.join(machine.split())}") as qemu:
        qemu.boot()
        return figure(kernel, qemu.command("layout"))


def chapter_figures():
    """{machine: figure}, as the chapter has them."""
    return {block[2]: block[3] for block in BLOCK.finditer(CHAPTER.read_text())}


def write_chapter():
    CHAPTER.write_text(BLOCK.sub(lambda block: block[1] + fresh_figure(block[2]) + block[4],
                                 CHAPTER.read_text()))
