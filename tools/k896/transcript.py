"""
docs/tour.md and a run of the tour, in a form in which they can be compared.

The chapter shows a real run with its real numbers. Most of these are the same in every build: the
image's beginning, the boot tables, the regions. What moves with a compiler or a change of the
source is code, what lies behind it, and the frames that bootmem took. For these the chapter has a
table, number and name, made by the same run:

        the chapter's text --its own table-->  names  ==  names  <--kernel.sym-- a fresh run

So a wrong CR3, flag or mapping is found, and a function that moved is not. Never compared: what a
compiler leaves in registers and flags, the instruction at a landmark, and the callers in `bt`, of
which some are inlined.
"""

import re

from .kernels import ROOT
from .stops import TOURS
from .tour import MEGABYTES

CHAPTER = ROOT / "docs" / "tour.md"
BLOCK = re.compile(r"(<!-- (\w+) (\S+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)

ENTRY = re.compile(r"^(?: *)(PTE|PDE|PDPE|PML4): 0x([0-9a-f]{16})")
MAPS = re.compile(r"^linear page 0x([0-9a-f]{16}) maps to physical page 0x([0-9a-f]+)")
RANGE = re.compile(r"^0x([0-9a-f]{16})-0x([0-9a-f]{16}) -> 0x([0-9a-f]+)-0x([0-9a-f]+)$")
REGISTERS = re.compile(r"^(?:r(?:[bcd]x|bp|[sd]i|8 |9 |1\d): .*\n)+", re.MULTILINE)
FRAME = 0x000FFFFFFFFFF000
EIGHT_MB = 8 << 20  # below: devices, the image

NEVER_COMPARED = [
    (r"^(r\w\w): [0-9a-f_]+$", r"\1: ..."),
    (r"^eflags 0x.*$", "eflags ..."),
    (r"^\(0\) \[0x\w+\] (\w+):\w+ \((.+)\+\w+\): .*$", r"(0) \1 (\2)"),
    (r"^[0-9a-f]{8,16} -> [0-9a-f]{8,16} \((.+)\+0\)\n(?:[0-9a-f]{8,16} -> .*\n)*(?:bx_dbg.*\n)?",
     r"called: \1\n"),
]


# --- names for numbers that move -----------------------------------------------------------------

class Names:
    """{number: name} of what moves; @kernel: whose run it is."""

    def __init__(self, kernel):
        self.kernel, self.symbols, self.names, self.frames = kernel, kernel.symbols(), {}, 0
        self.linked_at = {}
        for name in sorted(self.symbols, reverse=True):
            self.linked_at[self.symbols[name]] = name
        for name in ("init_stack_guard", "init_stack"):
            self.linked_at[self.symbols[name]] = name

    def _moves(self, linked):
        return self.symbols["_eboot_tables"] <= linked <= self.symbols["_end"]

    def _note_frame(self, number, fixed):
        """A page table's frame, or one that a page leads to."""
        linked = number + self.kernel.start_kernel_map
        if number in fixed or number in self.names or number >= MEGABYTES << 20:
            return
        if not number or linked in range(self.symbols["_text"], self.symbols["_eboot_tables"]):
            return
        self.frames += 1
        self.names[number] = f"frame {self.frames}"

    def _note_range(self, row, fixed):
        first, last, low, high = (int(number, 16) for number in row.groups())
        if first - low in (0, self.kernel.start_kernel_map, self.kernel.page_offset):
            for linked, number, what in ((first, low, ""), (last + 1, high + 1, " - 1")):
                at = self.linked_at.get(linked)
                if self._moves(linked) and at:
                    self.names[linked - bool(what)] = at + what
                    self.names[number - bool(what)] = f"PA({at}){what}"
        elif low >= EIGHT_MB:
            self._note_frame(low, fixed)
            if low in self.names:
                self.names[high] = f"the end of what begins with {self.names[low]}"

    def note(self, visit):
        fixed = set(visit.stop.addresses().values())
        for answer in visit.answers.values():
            for line in answer.splitlines():
                if row := RANGE.match(line):
                    self._note_range(row, fixed)
                elif row := ENTRY.match(line) or MAPS.match(line):
                    self._note_frame(int(row[2], 16) & FRAME, fixed)


def _name_numbers(line, names):
    """@line with names for the numbers that have one."""
    if ENTRY.match(line):
        return re.sub(r"0x[0-9a-f]{16}", lambda m: _entry(int(m[0], 16), names), line)
    if MAPS.match(line) or RANGE.match(line):
        return re.sub(r"0x[0-9a-f]+", lambda m: names.get(int(m[0], 16), m[0]), line)
    return line


def _entry(value, names):
    name = names.get(value & FRAME)
    return f"{name} and {value & ~FRAME:#x}" if name else f"{value:#018x}"


def canonical(text, names):
    """@text as it can be compared with another run's."""
    for pattern, replacement in NEVER_COMPARED:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return "\n".join(_name_numbers(line, names) for line in text.splitlines())


# --- the chapter's blocks ------------------------------------------------------------------------

def stops_block(tour):
    rows = ["| | landmark | in | |", "|---|---|---|---|"]
    rows += [f"| {number} | `{stop.at}` | `{stop.source}` | {stop.title} |"
             for number, stop in enumerate(tour.stops, 1)]
    return "\n".join(rows) + "\n"


def run_block(tour, visits):
    shown = [REGISTERS.sub("[...]\n", visit.text(len(tour.stops)))
             for visit in visits if visit.stop.shown]
    return "```\n" + "\n".join(shown).rstrip() + "\n```\n"


def numbers_block(tour, visits):
    names = Names(tour.kernel)
    for visit in visits:
        if visit.stop.shown:
            names.note(visit)
    rows = [f"| `{number:#x}` | {name} |" for number, name in sorted(names.names.items())]
    return "\n".join(["| number | is |", "|---|---|", *rows]) + "\n"


def fresh_blocks(kernel, visits):
    """{kind: text}, from a run."""
    tour = TOURS[kernel.name]
    return {"stops": stops_block(tour), "run": run_block(tour, visits),
            "numbers": numbers_block(tour, visits)}


def chapter_blocks(kernel):
    """{kind: text}, as the chapter has them."""
    return {block[2]: block[4] for block in BLOCK.finditer(CHAPTER.read_text())
            if block[3] == kernel.name}


def write_chapter(blocks):
    """@blocks: {kernel's name: fresh_blocks()}"""
    CHAPTER.write_text(BLOCK.sub(lambda block: block[1] + blocks[block[3]][block[2]] + block[5],
                                 CHAPTER.read_text()))


def numbers_of(block):
    """The table of numbers_block(), read back."""
    rows = re.finditer(r"^\| `(0x[0-9a-f]+)` \| (.+) \|$", block, re.MULTILINE)
    return {int(row[1], 16): row[2] for row in rows}


def comparable(blocks):
    """The transcript, with names from the table that was made with it."""
    return canonical(blocks["run"], numbers_of(blocks["numbers"]))
