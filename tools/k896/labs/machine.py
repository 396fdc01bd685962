"""
A kernel under grading, and what the host sees of it without asking it.

        machine.command("kmap 0x3000")         what a person types; what is printed proves nothing
        machine.pages(...)                     QEMU's own walk of the page tables
        machine.word(pfn)                      physical memory
        machine.ints("pkmap_count", 1024)      a variable of the kernel's, in physical memory
        machine.facts("map_two 5")             what a step of the grader's tests noted down

Facts lie in the kernel's memory (labs/common/facts_test.c) and are read from there. After the step,
when no code of the student's runs any more, the host types a secret of this run, and the kernel
seals the facts with it: so a printed "ok", an older run's facts, or a kernel that died on the way do
not pass for an answer, and there is nothing to look for before.
"""

import bisect
import pathlib
import random
import re
import secrets
import struct

from ..kernels import VARIANT
from ..machine import FAILED, HANG, OK, PROMPT, Failure
from ..qemu import Qemu
from ..tables import parse_info_tlb

PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT

# struct lab_facts and struct fact of labs/common/facts.h
FACTS_HEAD = struct.Struct("<IIII")
FACT = struct.Struct("<24sQ")
MAX_FACTS = 1280

# Characters of a panic's words: they are the student's, and go into reports.
MOST_WORDS = 160

MOST_OUTPUT = 256 << 10  # characters on the console
FLOODS = f"floods the console: more than {MOST_OUTPUT >> 10} KB, nothing after that was read"


class Wrong(AssertionError):
    """The student's kernel does not do what it must; the message is the fact."""


def expect(condition, fact):
    if not condition:
        raise Wrong(fact)


def seal(nonce, rows):
    """As seal_facts() in facts_test.c computes it."""
    value = nonce
    for byte in rows:
        value = ((value ^ byte) * 0x01000193) & 0xffffffff
    return value


class Facts(list):
    """[(name, value)] in the order in which they were noted."""

    def __getitem__(self, key):
        if isinstance(key, int):
            return super().__getitem__(key)
        values = self.all(key)
        if not values:
            raise Wrong(f"the step ended without ever coming to {key!r}")
        return values[-1]

    def all(self, name):
        return [value for each, value in self if each == name]


class LabMachine(Qemu):
    """@pace: how much slower than usual this host is; @words: what makes its dice its own"""

    most_output = MOST_OUTPUT

    def __init__(self, row, patience, words):
        self.row, self.kernel = row, row.kernel
        self.patience = patience
        self.rng = random.Random(words)
        self.hung = False
        self._symbols = None
        super().__init__(row.kernel, row.mem, "max", row.append, vga="none", name=words + VARIANT)

    # -- what it does --------------------------------------------------------------------------

    def _until(self, found, what, timeout):
        return super()._until(found, what, min(timeout, self.patience))

    def wait(self, timeout=HANG):
        return super().wait(min(timeout, self.patience))

    def facts(self, line):
        """Run one step of the grader's tests; returns the Facts that it noted."""
        self.command(line)
        nonce = secrets.randbits(32)
        self.command(f"seal {nonce:#x}")
        head = FACTS_HEAD.unpack(self.image("lab_facts", FACTS_HEAD.size))
        number, _, noted_nonce, noted_seal = head
        expect(noted_nonce == nonce and number <= MAX_FACTS,
               f"the kernel did not answer after `{line}`: its memory is damaged")
        rows = self.image("lab_facts", number * FACT.size, FACTS_HEAD.size)
        expect(noted_seal == seal(nonce, rows), f"what `{line}` noted was changed afterwards")
        return Facts((name.rstrip(b"\0").decode("latin-1"), value)
                     for name, value in FACT.iter_unpack(rows))

    def suite(self, name):
        """Run an in-kernel suite; every case must pass."""
        cases = self.facts(f"grade_suite {name}")
        expect(cases, f"suite {name} has no cases")
        failed = [case for case, failures in cases if failures]
        expect(not failed, f"suite {name}: failed: {', '.join(failed)}")

    def at_prompt(self):
        """Has it answered what was sent?"""
        return self.text.endswith("\n" + PROMPT)

    # -- what the host sees --------------------------------------------------------------------

    def physical(self, address, size):
        if not size:
            return b""
        path = pathlib.Path(self.run_dir.name, "memory")
        self.qmp("pmemsave", val=address, size=size, filename=str(path))
        return path.read_bytes()

    def word(self, pfn, offset=0):
        """32 bits of a frame."""
        return struct.unpack("<I", self.physical((pfn << PAGE_SHIFT) + offset, 4))[0]

    @property
    def symbols(self):
        if self._symbols is None:
            self._symbols = self.kernel.symbols()
        return self._symbols

    def image(self, name, size, offset=0):
        """Bytes of a variable in the kernel's image."""
        return self.physical(self.symbols[name] - self.kernel.start_kernel_map + offset, size)

    def ints(self, name, count=1):
        return list(struct.unpack(f"<{count}i", self.image(name, 4 * count)))

    def longs(self, name, count=1):
        kind = "Q" if self.kernel.bits == 64 else "I"
        return list(struct.unpack(f"<{count}{kind}", self.image(name, struct.calcsize(f"<{count}{kind}"))))

    def pages(self, start=0, end=1 << 64):
        """{virtual: (physical, rights)} of the pages from @start to @end, as QEMU walks them."""
        return {virtual: (physical, page.rights)
                for virtual, physical, page in parse_info_tlb(self.hmp("info tlb"), self.kernel.large)
                if start <= virtual < end}

    # -- how it ended --------------------------------------------------------------------------

    def function_at(self, address):
        names = sorted((value, name) for name, value in self.symbols.items())
        at = bisect.bisect(names, (address, "\xff")) - 1
        return names[at][1] if at >= 0 else hex(address)

    def where(self):
        """The functions in which it is, by a few looks from outside."""
        names = []
        for _ in range(5):
            found = re.search(r"[ER]IP=([0-9a-f]+)", self.hmp("info registers"))
            name = self.function_at(int(found[1], 16))
            names += [] if name in names else [name]
        return ", ".join(names)

    def end(self):
        """Why it does not answer, in a sentence."""
        if len(self.text) > self.most_output:
            return FLOODS
        if self.process.poll() is None:
            self.hung = True
            return f"hangs: no answer for {self.patience:.0f} s; the CPU is in {self.where()}"
        status = self.process.wait()
        panic = panic_in(self.text)
        if status == FAILED and panic:
            return panic
        if words := self.last_words():
            return words
        return f"ends by itself with status {status}" + (", as if all were well" if status == OK else "")


def panic_in(text):
    """What the kernel said when it gave up, and the functions of the backtrace; None if it did not."""
    panic = re.search(r"Kernel panic - not syncing: (.*)", text)
    todo = re.search(r"^lab \d\d: .* is not written yet.*", text, re.MULTILINE)
    calls = re.findall(r"^ *\[?<?[0-9a-f]{8,16}>?\]? +(\w+)\+0x", text, re.MULTILINE)
    by = f" (in {' < '.join(calls[:4])})" if calls else ""
    if not panic and not todo:
        return None
    words = re.sub(r"\S*/student/", "", panic[1] if panic else todo[0])
    return f"panics: {''.join(filter(str.isprintable, words))[:MOST_WORDS]}{by}"


def boots(machine):
    """None if it comes to its prompt, or the fact that keeps it from there."""
    try:
        machine.boot()
    except Failure as failure:
        return _end_of(machine, failure)
    return None


def observe(check, machine):
    """Run @check on a machine that has booted; None if all is well, or the fact that is wrong."""
    try:
        check(machine)
    except Wrong as wrong:
        return str(wrong)
    except Failure as failure:
        return _end_of(machine, failure)
    return None


def _end_of(machine, failure):
    try:
        return machine.end()
    except Failure:
        return str(failure).splitlines()[0]
