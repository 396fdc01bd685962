"""
The guide's transcripts and the machines that they come from.

        <!-- k896 i386 64M highmem=32M          kernel, RAM, command line
             expect: ^  change .* \\+1 +-1       what the text below relies on, in any build
        -->
        ```
        k896> alloc pages 9                     typed again, in the order of the chapter, on one
        ...                                     machine for as long as the comments name the same
        ```

The comment's other words: `again` in front of the kernel boots anew; `counted` instead of `k896` has
the clock count instructions; `bochs i386` runs the disc in Bochs's debugger, whose prompt is `<bochs> `; `(qemu) ` is QEMU's monitor, and
`$ ` a line that nobody types. Lines before the first prompt are the boot log. The word `initrd` gives
the machine the ramdisk, as GRUB does; it is not part of the command line. `fill: GFP` in the
comment takes all that GFP will give, largest blocks first, before the block's first line. A kernel
named `i386-extra` has the suites linked in that the chapters show as `<!-- file NAME -->`.

A program in the background (`exec ... &`, `kill`) is waited for until it has said as many lines as the
chapter shows. `[...]` alone on a line stands for lines left out, at the end of a line for the rest of it.
"""

import itertools
import pathlib
import re
import sys
import time
from typing import NamedTuple

from .bochs import megabytes
from .debugger import Debugger
from .kernels import BUILD, KERNELS, ROOT, VARIANT
from .machine import PROMPT
from .qemu import Qemu
from .movable import Movable

CHAPTERS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ELISION = "[...]"
BLOCK = re.compile(r"<!-- (k896|counted|bochs) (.+?)-->\n```\n(.*?)```\n", re.DOTALL)
FILE = re.compile(r"<!-- file (\S+) -->\n```c\n(.*?)```\n", re.DOTALL)
CALLER = re.compile(r" \[0x[0-9a-f]+\] | +\.\.\. and \d+ times more$")
TYPED = re.compile(r"^(k896> |\(qemu\) |<bochs> |\$ )(.*)$")
RAMDISK = "initrd"  # among a machine's words
EXTRA = BUILD / "guide"
LATER = re.compile(r"^exec .* &$|^kill ")  # the prompt is back at once, the program's words come when they come
AT_REST = 0.3  # seconds: what has said its line goes on to where it waits
MAX_ORDER = 10
FIRMWARE = 300  # seconds: Bochs goes through BIOS and GRUB's menu before a breakpoint is met


class Stale(AssertionError):
    """A chapter does not show what a run shows; the message has both."""


class Step(NamedTuple):
    """A line that is typed, and what the chapter says comes of it."""
    prompt: str    # empty: the boot log
    line: str
    shown: list


class Block(NamedTuple):
    chapter: pathlib.Path
    line: int      # in the chapter, of the comment
    emulator: str  # k896: QEMU; bochs
    again: bool
    machine: tuple # kernel, RAM, words of the command line
    expect: list
    fill: str
    steps: list
    span: tuple    # of the text between the fences

    @property
    def where(self):
        return f"{self.chapter.relative_to(ROOT)}:{self.line}"


def steps_of(text):
    steps = [Step("", "", [])]
    for line in text.splitlines():
        if typed := TYPED.match(line):
            steps.append(Step(typed[1], typed[2], []))
        else:
            steps[-1].shown.append(line)
    return steps if steps[0].shown else steps[1:]


def block_of(chapter, text, match):
    first, *more = (line.strip() for line in match[2].splitlines())
    words = first.split()
    again = words[0] == "again"
    options = [line.split(": ", 1) for line in more if line]
    for name, *_ in options:
        if name not in ("expect", "fill"):
            raise Stale(f"{chapter.name}: `{name}` in a comment is neither expect nor fill")
    return Block(chapter, text.count("\n", 0, match.start()) + 1, match[1], again,
                 tuple(words[again:]), [value for name, value in options if name == "expect"],
                 next((value for name, value in options if name == "fill"), ""),
                 steps_of(match[3]), match.span(3))


def blocks_of(chapter):
    text = chapter.read_text()
    return [block_of(chapter, text, match) for match in BLOCK.finditer(text)]


# --- machines ------------------------------------------------------------------------------------

def kernel_of(block):
    """(Kernel, its file): `-extra` is in the file's name only."""
    name = block.machine[0]
    kernel = next(kernel for kernel in KERNELS if kernel.name == name.removesuffix("-extra"))
    return kernel, kernel.elf if name == kernel.name else BUILD / f"{kernel.name}{VARIANT}-extra/kernel.elf"


def write_extra_suites():
    """The chapters' own test suites, where EXTRA= can find them; returns the folder."""
    EXTRA.mkdir(parents=True, exist_ok=True)
    for chapter in CHAPTERS:
        for name, text in FILE.findall(chapter.read_text()):
            path = EXTRA / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
    return EXTRA


class Session:
    """A machine of the guide, running; @block: the first that names it."""

    def __init__(self, block):
        self.kernel, elf = kernel_of(block)
        words = block.machine[1:] or ("64M",)
        self.megabytes = megabytes(words[0])
        label = f"{block.chapter.stem}-{block.line}"
        if block.emulator == "bochs":
            self.machine, self.log = Debugger(self.kernel, mem=self.megabytes, name=label), ""
        else:
            mem, append = words[0], " ".join(word for word in words[1:] if word != RAMDISK)
            modules = [self.kernel.initrd] if RAMDISK in words else []
            self.machine = Qemu(str(elf), mem, "max", append, modules, system=self.kernel.system,
                                counted=block.emulator == "counted", name=label)
            self.log = self._boot_log("kunit=" in append)

    def _boot_log(self, ends):
        if not ends:
            return self.machine.boot()
        self.machine.process.wait(600)
        self.machine._reader.join(60)
        return self.machine.text

    def fill(self, gfp):
        for order in range(MAX_ORDER, -1, -1):
            while "handle" in self.machine.command(f"alloc pages {order} {gfp}"):
                pass

    def type(self, prompt, line, lines=0):
        """@lines: how many the chapter shows, for what comes beside the prompt."""
        if prompt == PROMPT:
            self.machine.send(line + "\r")
            self.machine.expect(r"\n")
            return self._said_later(lines) if lines and LATER.search(line) else self._answer()
        if prompt == "(qemu) ":
            return self.machine.hmp(line)
        return self.machine.ask(line, timeout=FIRMWARE)

    def _answer(self):
        start = self.machine.position
        self.machine.expect(rf"^{PROMPT}\Z|^Kernel panic.*\n")  # `fault` does not come back
        return self.machine.text[start:self.machine.position].removesuffix(PROMPT)

    def _said_later(self, lines):
        start = self.machine.position
        self.machine.expect(rf"(.*\n){{{lines}}}")
        time.sleep(AT_REST)
        return re.sub(rf"^{PROMPT}", "", self.machine.text[start:self.machine.position], flags=re.MULTILINE)

    def close(self):
        self.machine.close()


# --- a run of a chapter -------------------------------------------------------------------------

def fits(shown, fresh):
    """Is line @shown, as written in a chapter, line @fresh? Both with their numbers named."""
    if shown.endswith(" " + ELISION):
        return fresh.startswith(shown.removesuffix(ELISION).rstrip())
    return shown == fresh


def segments(lines):
    return [list(group) for is_elision, group in itertools.groupby(lines, lambda line: line == ELISION)
            if not is_elision]


def with_traces_joined(lines):
    """The callers of a backtrace as one row of @lines: how many there are is the compiler's."""
    rows = []
    for is_caller, group in itertools.groupby(lines, lambda line: bool(CALLER.match(line))):
        rows += ["\n".join(group)] if is_caller else group
    return rows


def place(shown_lines, fresh, movable, step, where):
    """
    Which fresh line is which shown one: [(shown, fresh)], ELISION for those left out.
    Raises Stale where no run of lines fits.
    """
    names = [movable.named(line) for line in fresh]
    pairs, at = [], 0
    parts = segments(shown_lines)
    for number, part in enumerate(parts):
        wanted = [movable.named(line) for line in part]
        floats = number > 0 or shown_lines[0] == ELISION
        last = number == len(parts) - 1 and shown_lines[-1] != ELISION
        starts = range(at, len(fresh) - len(part) + 1) if floats else [at]
        if last:
            starts = [start for start in starts if start == len(fresh) - len(part)]
        start = next((start for start in starts
                      if all(map(fits, wanted, names[start:]))), None)
        if start is None:
            raise Stale(f"{where}: after `{step.prompt}{step.line}` the chapter has\n"
                        + "\n".join(f"  | {line}" for line in part) + "\nand a run\n"
                        + "\n".join(f"  | {line}" for line in fresh[at:at + 60]))
        if floats:
            pairs.append((ELISION, ELISION))
        pairs += zip(part, fresh[start:start + len(part)])
        at = start + len(part)
    if not parts:
        if fresh and ELISION not in shown_lines:
            raise Stale(f"{where}: after `{step.prompt}{step.line}` the chapter has nothing and a run\n"
                        + "\n".join(f"  | {line}" for line in fresh[:60]))
        return [(ELISION, ELISION)] if shown_lines else []
    return pairs + [(ELISION, ELISION)] * (shown_lines[-1] == ELISION)


def cut_like(shown, fresh):
    """@fresh as the chapter has it: cut where @shown is."""
    if CALLER.match(shown):
        return "\n".join(fresh.splitlines()[:shown.count("\n") + 1])
    if not shown.endswith(" " + ELISION):
        return fresh
    words = len(shown.split()) - 1
    return re.match(r"(?:\s*\S+){%d}" % words, fresh)[0] + " " + ELISION


def run_step(session, step, movable, block, strict):
    """One step on a machine; returns the lines that belong into the chapter."""
    line = movable.translate(step.line)
    if step.prompt == "$ ":
        return [step.prompt + step.line, *step.shown]
    output = session.type(step.prompt, line, len(step.shown)) if step.prompt else session.log
    fresh = [row.rstrip() for row in output.splitlines()]
    while fresh and not fresh[-1]:
        fresh.pop()
    head = [step.prompt + line] if step.prompt else []
    try:
        pairs = place(with_traces_joined(step.shown), with_traces_joined(fresh),
                      movable, step, block.where)
        for shown, row in pairs:
            movable.meet(shown, row, block.where)
    except Stale:
        if strict:
            raise
        pairs = [(row, row) for row in fresh]
    return head + [cut_like(*pair) for pair in pairs]


def run_block(session, block, movable, strict):
    if block.fill:
        session.fill(block.fill)
    lines = [line for step in block.steps
             for line in run_step(session, step, movable, block, strict)]
    text = "".join(line + "\n" for line in lines)
    for pattern in block.expect:
        if not re.search(pattern, text, re.MULTILINE):
            complaint = f"{block.where}: the chapter relies on `{pattern}`, and a run has\n{text}"
            if strict:
                raise Stale(complaint)
            print(complaint, file=sys.stderr)
    return text


def sessions_of(blocks):
    """Blocks in a row on one machine: [[Block]]"""
    runs = []
    for block in blocks:
        if runs and not block.again and (runs[-1][-1].emulator, runs[-1][-1].machine) == (
                block.emulator, block.machine):
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs


def run_session(blocks, strict=True):
    """
    Boot the machine of @blocks and go through them.
    @strict: a difference is an error (Stale); otherwise the whole answer goes into the chapter

    Returns {Block's span: fresh text}
    """
    session = Session(blocks[0])
    try:
        movable = Movable(session.kernel, session.megabytes)
        return {block.span: run_block(session, block, movable, strict) for block in blocks}
    finally:
        session.close()


def write_chapter(chapter, only=None):
    """Run all of @chapter's machines and put what they say into it."""
    fresh = {}
    for blocks in sessions_of(blocks_of(chapter)):
        print(f"  {blocks[0].where}: {blocks[0].emulator} {' '.join(blocks[0].machine)}", flush=True)
        fresh.update(run_session(blocks, strict=False))
    text = chapter.read_text()
    for (start, end), block in sorted(fresh.items(), reverse=True):
        text = text[:start] + block + text[end:]
    chapter.write_text(text)
