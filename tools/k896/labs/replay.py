"""
A kernel under grading in Bochs's debugger, for rows of a rubric that begin with "bochs".

        replay.run_to("enable_paging")         a breakpoint, and on; the first stop is startup_32
        replay.register("CR3")                 also rax, rip ...
        replay.entries(0xc0000000)             of each level, on the way to an address; .translate() where to
        replay.words(...), .views()            physical memory; what is mapped
        replay.cpu_can_read(0x500000)          what the TLB says of it
        replay.paper.expect({"cr3": ...})      the student's answers, held against what is there

Bochs is the stricter CPU: it refuses reserved bits, and its TLB remembers what was not flushed. The disc
that it boots has this one kernel, and GRUB asks nothing.
"""

import os
import pathlib
import random
import re
import subprocess
import tempfile

from ..bochs import megabytes
from ..debugger import LOCATION, Debugger
from ..kernels import VARIANT
from ..machine import HANG, Failure
from .machine import FLOODS, MOST_OUTPUT, expect, panic_in

# As for the Makefile's own disc image.
GRUB = os.environ.get("GRUB_DIR", "/usr/lib/grub/i386-pc")
OBJCOPY = os.environ.get("CROSS_COMPILE", "") + "objcopy"
GRUB_MODULES = "multiboot2 normal iso9660"
PROBE = 0x9000  # physical: RAM that nobody uses while head.asm runs
READ_EAX = {32: b"\xa1", 64: b"\x8b\x04\x25"}  # mov eax, [32 bits that follow]

REGISTER = re.compile(r"\b(CR\d|EFER|r\w+) *[:=] *(?:0x)?(\w+)")
ENTRY = re.compile(r"^ *(?:PML4|PDPTE?|PDPE|PDE|PTE): 0x(\w+)", re.MULTILINE)
LEADS_TO = re.compile(r"maps to physical page 0x(\w+)")
VIEW = re.compile(r"^0x(\w+)-0x(\w+) -> 0x(\w+)-0x\w+$", re.MULTILINE)
SYMBOL = re.compile(r" \((?:PA\()?(\w[^+)]*)")
WORD = re.compile(r"\t0x(\w{8})")


def make_disc(folder, kernel, append):
    """A disc image that boots @kernel at once; its path."""
    (folder / "disc/boot/grub").mkdir(parents=True)
    (folder / "disc/boot/grub/grub.cfg").write_text(f"multiboot2 /boot/kernel.elf {append}\nboot\n")
    subprocess.run([OBJCOPY, "--strip-debug", kernel.elf, folder / "disc/boot/kernel.elf"], check=True)
    subprocess.run(["grub-mkrescue", "-d", GRUB, f"--install-modules={GRUB_MODULES}", "--fonts=", "--themes=",
                    "--locales=", "-o", folder / "disc.iso", folder / "disc"], check=True, capture_output=True)
    return folder / "disc.iso"


class Replay(Debugger):
    """@row: a MachineRow; @patience: seconds; @words: what makes its dice its own; @paper: a Paper"""

    most_output = MOST_OUTPUT

    def __init__(self, row, patience, words, paper):
        self.row, self.kernel, self.patience, self.paper = row, row.kernel, patience, paper
        self.rng = random.Random(words)
        self.hung = False
        self._disc = tempfile.TemporaryDirectory(prefix="k896-")
        iso = make_disc(pathlib.Path(self._disc.name), row.kernel, row.append)
        super().__init__(row.kernel, iso=iso, mem=megabytes(row.mem), name=words + VARIANT)

    def close(self):
        super().close()
        self._disc.cleanup()

    # -- on the way ----------------------------------------------------------------------------

    def low(self, symbol):
        """The physical address of a part of the image."""
        return self.symbols[symbol] - self.kernel.start_kernel_map

    def boot(self):
        """Until GRUB jumps to the kernel's first instruction."""
        self._run_until([self.low("startup_32")], HANG)

    def run_to(self, symbol):
        """Until it is fetched, wherever it is seen. Returns the address."""
        return self._run_until([self.low(symbol), self.symbols[symbol]], self.patience)

    def _run_until(self, addresses, timeout):
        for address in [*addresses, self.low("refuse.stop")]:
            self.ask(f"lb {address:#x}")
        at = self._address(self.ask("c", timeout))
        for number in re.findall(r"^ *(\d+) lbreakpoint", self.ask("blist"), re.MULTILINE):
            self.ask(f"d {number}")
        expect(at in addresses, f"gives up: {self._last_line()}")
        return at

    def _last_line(self):
        return ([line for line in self.text.splitlines() if line.strip()] or ["without a word"])[-1]

    @staticmethod
    def _address(answer):
        location = LOCATION.search(answer)
        if not location:
            raise Failure("Bochs is gone")
        return int(location[1], 16)

    def step(self):
        """One instruction; returns the address of the next."""
        return self._address(self.ask("s", self.patience))

    def cpu_can_read(self, address):
        """
        Let the CPU itself read @address, for its TLB may know more than the tables. It must be at a high
        address. If it cannot read, that was the machine's end.
        """
        at, counter = self.register("rip"), "rip" if self.kernel.bits == 64 else "eip"
        for offset, byte in enumerate(READ_EAX[self.kernel.bits] + address.to_bytes(4, "little")):
            self.ask(f"setpmem {PROBE + offset:#x} 1 {byte:#x}")
        self.ask(f"set {counter} = {self.kernel.start_kernel_map + PROBE:#x}")
        try:
            self.step()
        except Failure:
            if self.process.poll() is None:
                raise
            return False
        self.ask(f"set {counter} = {at:#x}")
        return True

    # -- what it sees --------------------------------------------------------------------------

    def register(self, name):
        """By Bochs's names: rax, rip, CR0, EFER."""
        rows = dict(REGISTER.findall(self.ask("r") + self.ask("creg")))
        return int(rows[name].replace("_", ""), 16)

    def entries(self, address):
        """From the top table down to where the walk ends."""
        return [int(value, 16) for value in ENTRY.findall(self.ask(f"page {address:#x}"))]

    def translate(self, address):
        """The physical address of a page, or None."""
        found = LEADS_TO.search(self.ask(f"page {address:#x}"))
        return int(found[1], 16) if found else None

    def views(self):
        """[(first, last, physical)] of what is mapped, as `info tab` has it: on x86_64 not all."""
        return [tuple(int(number, 16) for number in row) for row in VIEW.findall(self.ask("info tab"))]

    def words(self, address, number):
        """32 bits each, from physical memory."""
        return [int(word, 16) for word in WORD.findall(self.ask(f"xp /{number}wx {address:#x}"))][:number]

    # -- how it ended --------------------------------------------------------------------------

    def end(self):
        """Why it did not come to where it should, in a sentence."""
        if len(self.text) > self.most_output:
            return FLOODS
        if self.process.poll() is not None:
            return self.last_words() or panic_in(self.text) or "ends by itself"
        self.hung = True
        self.interrupt()
        answer = self._finish_answer("SIGINT")
        where = SYMBOL.search(answer)
        return f"hangs: no stop after {self.patience:.0f} s; the CPU is in {where[1] if where else answer}"
