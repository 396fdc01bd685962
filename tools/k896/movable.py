"""
Which numbers of a transcript may be others in another build, and which may not.

All of a line must be the same, word for word and number for number, but for:

 1. the inside of the image, which moves with every line of code: addresses (virtual or physical)
    and frames between the boot tables and the first 4 MB;
 2. frames that move with what was taken before: lowmem between 4 MB and its end, and the first 640
    KB, which bootmem hands out. Such a frame may be another one, but the same other one in the whole session, by whichever name
    (frame number, physical or virtual address, table entry), with the same lowest 12 bits: flags
    count. Multiples of 4 MB do not move;
 3. what the compiler decides: registers, code bytes, offsets in functions, backtraces;
 4. the counts in COUNTS.

A chapter that needs one of these to be something says so by `expect:`.
"""

import re

BOOT_TABLES_END = 0x107  # frames; what stands below is placed by the linker script
IMAGE_END = 0x400
MOST_LOWMEM = 896       # MB
LOW_END = 0x9F           # of RAM below the adapters
LARGE = 0x3FF            # frames of a 4 MB page, less one
ADDRESS_BITS = 0x000FFFFFFFFFFFFF

NUMBER = r"\b\d+(?: ?k[Bb]?)?\b"

# (which lines, what in them moves). Blanks in such a line count as one.
COUNTS = [
    (r"^Memory: ", NUMBER),                                      # boot log
    (r"^Mem(Free|Total)|^Low(Free|Total)", NUMBER),              # meminfo
    (r"^ +kernel [\w' ]+:|^ +kernel +:", r"\( *\d+ kB\)"),       # layout: parts of the image
    (r"^ +lowmem +:", r"\b\d+ of\b"),
    (r"^(DMA|DMA32|Normal|  after|Node 0, zone +(DMA|Normal)) [ \d]+$", r"\b\d+\b"),  # free lists
    (r"an address of frame|^  pfn ", r"\b\d+\b"),               # page
    (r"^  pages free |^        (min|low|high|managed) |^        protection: ", NUMBER),
    (r"^    (  )?(cpu|count|high|batch): ", NUMBER),
    (r"^0x[0-9a-f]+-0x[0-9a-f]+ +\d+K +4K ", r" \d+K +4K "),     # ptdump: parts of 4 KB pages
    (r"^[0-9a-f]{16}-[0-9a-f]{16} [0-9a-f]{16} ", r" [0-9a-f]{16} "),  # QEMU's info mem: sizes
    (r" : Boot information$", r"^ *[0-9a-f]+-[0-9a-f]+"),        # iomem
    (r"^Memory:|pages, \d+ of them RAM$", r"\b\d+k\b"),
    (r"^Next at t=", r"\d+"),                                    # Bochs
    (r"^PB\|", r"\b\d+(?=\||$)"),                              # bench
    (r"^handle \d\d: ", r"\d\d(?=:)"),                           # the last of many
    (r"^slub: |^handle \d+: \d+ bytes", r"\b0x[0-9a-f]{8,}\b"),  # how many objects the slab had before
    (r"^kmem_cache ", r"\b\d+\b"),                               # slabinfo: how many caches there are
    (r"^# kunit: ", r"\d+ passed"),
    (r"^Normal: |^DMA: |^Normal free:|^DMA free:", r"(?<![*\d])\d+"),    # warn_alloc
    (r"^0x[0-9a-f]+:( [0-9a-f]{8})+  ", r"  .{1,16}$"),          # x: as characters
]

# What a compiler decides.
COMPILED = [
    (r"^(E..|R..|R\d\d? ) 0x[0-9a-f]+.*$", "registers"),
    (r"^(EIP|RIP)=.*$", "registers"),
    (r"^Code at [ER]IP: .*$", "code"),
    (r"\+0x[0-9a-f]+(/0x[0-9a-f]+)?", "+"),
    (r"(?s)^ \[0x[0-9a-f]+\] .*$", "callers"),
    (r"^\(0\) \[0x\w+\] (\w+):\w+ \((.+)\+\w+\): .*$", r"(0) \1 (\2)"),
    (r"^\(0\) Breakpoint (\d+), 0x[0-9a-f]+ ", r"(0) Breakpoint \1 "),
    (r"(at E?R?IP|at RIP|ESP|RSP) 0x[0-9a-f]+", r"\1 0x"),
    (r"^(CR2|Walk of|fault at) .*0x[0-9a-f]+", r"\1 0x"),
]

HEX = re.compile(r"\b(?:0x[0-9a-f]+|[0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{16})\b")


def without_compiled(line):
    for pattern, name in COMPILED:
        line = re.sub(pattern, name, line)
    return line


class Movable:
    """
    @kernel: whose transcript; @megabytes: its RAM
    Remembers which frame of the chapter is which of the run.
    """

    def __init__(self, kernel, megabytes):
        self.kernel = kernel
        self.ram_end = min(megabytes, MOST_LOWMEM if kernel.bits == 32 else megabytes) << 8
        self.fresh_of, self.shown_of = {}, {}

    def frame_of(self, text):
        """(frame, rest, kind) of a hexadecimal number, or None if it does not move."""
        value = int(text, 16)
        digits = len(text.removeprefix("0x"))
        for base in (self.kernel.start_kernel_map, self.kernel.page_offset):
            if value >= base and (value - base) >> 12 < self.ram_end:
                return (value - base) >> 12, value & 0xFFF, "address"
        if digits < 8:
            return (value, 0, "frame") if text.startswith("0x") and value > LOW_END else None
        entry = value & ADDRESS_BITS
        return entry >> 12, (value & ~ADDRESS_BITS) | (value & 0xFFF), "entry"

    def moves(self, frame):
        return (BOOT_TABLES_END <= frame < self.ram_end and frame & LARGE) or 0 < frame < LOW_END

    def named(self, line):
        """@line with names for what moves: equal for lines that say the same."""
        line = without_compiled(line)
        for pattern, counts in COUNTS:
            if re.search(pattern, line):
                line = re.sub(r" +", " ", re.sub(counts, " # ", line))
        return HEX.sub(lambda match: self._name(match[0]), line)

    def _name(self, text):
        parts = self.frame_of(text)
        if not parts or not self.moves(parts[0]):
            return text
        if LOW_END < parts[0] < IMAGE_END:
            return "IMAGE"
        return f"FRAME.{parts[2]}.{parts[1]:x}"

    def meet(self, shown, fresh, where):
        """The chapter's line @shown is @fresh in this run: their frames are the same ones."""
        numbers = [HEX.findall(without_compiled(line)) for line in (shown, fresh)]
        for was, now in zip(*numbers):
            old, new = self.frame_of(was), self.frame_of(now)
            if not old or not new or not self.moves(new[0]) or "IMAGE" in map(self._name, (was, now)):
                continue
            if (self.fresh_of.setdefault(old[0], new[0]), self.shown_of.setdefault(new[0], old[0])) != (
                    new[0], old[0]):
                raise AssertionError(f"{where}: frame {old[0]:#x} of the chapter is both "
                                     f"{self.fresh_of[old[0]]:#x} and {new[0]:#x} in a run: {fresh}")

    def translate(self, command):
        """A line as typed in the chapter, for this run: its frames are others."""
        def number(match):
            parts = self.frame_of(match[0])
            if not parts or parts[0] not in self.fresh_of:
                return match[0]
            move = self.fresh_of[parts[0]] - parts[0]
            return f"{int(match[0], 16) + (move if parts[2] == 'frame' else move << 12):#x}"
        return HEX.sub(number, command)
