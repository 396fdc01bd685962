"""
A triple fault in words. An exception could not be delivered, nor could the double fault that came of
it, and the CPU gave up: the kernel says nothing any more, and an emulator just resets the machine.
What is left is its log.

        QEMU -d int,cpu_reset              Bochs, its CPU's debug lines            both: a Crash
        check_exception old: ... new 0xe   exception(0x0e): error_code=0000        page fault
        check_exception old: 0xe new 0xd   exception(0x0d): error_code=0073        its delivery failed
           n: v=08 ...                     exception(0x08): error_code=0000        double fault
        check_exception old: 0x8 new 0xd   exception(0x0d): error_code=0043        its delivery failed
        Triple fault                       3rd (13) exception with no resolution

words() says which exception was the first, at which function and line, at which address, at which
level the walk of that address ended, and what followed. watch.py gets the logs.
"""

import re
import subprocess
from typing import NamedTuple, Optional

from . import pagewalk
from .kernels import KERNELS, ROOT

EXCEPTIONS = {
    0: "divide error (#DE)", 1: "debug exception (#DB)", 2: "non-maskable interrupt", 3: "breakpoint (#BP)",
    4: "overflow (#OF)", 5: "bound range exceeded (#BR)", 6: "invalid opcode (#UD)",
    7: "device not available (#NM)", 8: "double fault (#DF)", 10: "invalid TSS (#TS)",
    11: "segment not present (#NP)", 12: "stack fault (#SS)", 13: "general protection fault (#GP)",
    14: "page fault (#PF)", 16: "x87 floating-point error (#MF)", 17: "alignment check (#AC)",
    18: "machine check (#MC)", 19: "SIMD floating-point exception (#XM)",
}
BREAKPOINT, DOUBLE_FAULT, PROTECTION, PAGE_FAULT = 3, 8, 13, 14
CONTRIBUTORY = [0, 10, 11, 12, PROTECTION, PAGE_FAULT]  # two of these make a double fault

# Bits of a page fault's error code: (bit, where set, where clear).
PF_ACCESS = [(0x10, "fetch of an instruction at", None), (0x02, "write to", "read of")]
PF_BITS = [(0x01, "no right to it", "not present"), (0x04, "ring 3", "ring 0"), (0x08, "reserved bit set", None)]

NEAR_STACK = 256  # bytes below the stack pointer that delivering an exception writes


class Fault(NamedTuple):
    vector: int
    error: Optional[int] = None
    address: Optional[int] = None  # CR2, of a page fault
    level: str = ""                # where its walk ended, if the emulator said so

    def __str__(self):
        return EXCEPTIONS.get(self.vector, f"interrupt {self.vector:#x}")


class Crash(NamedTuple):
    faults: list     # Fault, in order, the last one the third in the CPU's count
    registers: dict  # name: number; IDT, GDT, TR: (base, limit)

    @property
    def pc(self):
        return self.registers.get("RIP", self.registers.get("EIP", 0))

    @property
    def sp(self):
        return self.registers.get("RSP", self.registers.get("ESP", 0))


# --- QEMU ----------------------------------------------------------------------------------------

QEMU_EVENT = re.compile(
    r"check_exception old: (?P<old>0x\w+) new (?P<new>0x\w+)"
    r"|^ *\d+: v=(?P<vector>\w+) e=(?P<error>\w+) i=\d cpl=\d IP=\w+:(?P<pc>\w+).*?(?: CR2=(?P<cr2>\w+))?$"
    r"|^CR0=\w+ CR2=(?P<now>\w+)"
    r"|^(?P<end>Triple fault)$", re.MULTILINE)
QEMU_REGISTER = re.compile(r"\b(EIP|RIP|ESP|RSP|EBP|RBP|CR\d|EFER|CPL) ?=(\w+)")
QEMU_TABLE = re.compile(r"^(IDT|GDT|TR) ?= *(?:\w{4} )?(\w{8,16}) (\w{8})", re.MULTILINE)


class QemuChain:
    """Reads QEMU's log line by line; @faults is what has not been delivered yet."""

    def __init__(self):
        self.faults, self.ended = [], False
        self._last = self._before = None  # (vector, pc): delivered last, and when the first fault was raised

    def raised(self, old, new):
        if old == 0xFFFFFFFF:  # no exception that counts towards a double fault is on its way
            self._before = self._last if self._last and self._last[0] not in CONTRIBUTORY else None
            self.faults = []
        self.faults.append(Fault(new))

    def delivering(self, vector, error, pc, cr2):
        """The CPU looks into the IDT for @vector; whether it gets there shows later."""
        if vector == DOUBLE_FAULT:
            self.faults.append(Fault(DOUBLE_FAULT))
        elif self.faults and self.faults[-1].vector == vector:
            self.faults[-1] = Fault(vector, error, cr2)
            if self._before and self._before[1] == pc and len(self.faults) == 1:
                self.faults.insert(0, Fault(self._before[0]))
        else:
            self.faults = []
        self._last = vector, pc

    def is_now(self, cr2):
        """CR2 while a double fault is delivered: of the page fault that became it."""
        if len(self.faults) > 1 and self.faults[-1].vector == DOUBLE_FAULT:
            self._address(-2, cr2)

    def _address(self, at, cr2):
        if self.faults[at].vector == PAGE_FAULT and self.faults[at].address is None:
            self.faults[at] = self.faults[at]._replace(address=cr2)

    def end(self, cr2):
        self._address(-1, cr2)
        return self.faults


def qemu_registers(text):
    """{name: number} of `info registers`, or of a dump in the log."""
    registers = {name: int(value, 16) for name, value in QEMU_REGISTER.findall(text)}
    registers.update((name, (int(base, 16), int(limit, 16))) for name, base, limit in QEMU_TABLE.findall(text))
    return registers


def crash_of_qemu(log, registers):
    """
    The Crash at the end of @log, or None if it does not end in a triple fault.
    @registers: `info registers` of the machine, held before the reset
    """
    chain = QemuChain()
    for event in QEMU_EVENT.finditer(log):
        if event["old"]:
            chain.ended = False
            chain.raised(int(event["old"], 16), int(event["new"], 16))
        elif event["vector"]:
            chain.ended = False
            chain.delivering(int(event["vector"], 16), int(event["error"], 16), int(event["pc"], 16),
                             event["cr2"] and int(event["cr2"], 16))
        elif event["now"]:
            chain.is_now(int(event["now"], 16))
        else:
            chain.ended = True
    if not chain.ended or not chain.faults:
        return None
    numbers = qemu_registers(registers)
    return Crash(chain.end(numbers["CR2"]), numbers)


# --- Bochs ---------------------------------------------------------------------------------------

BOCHS_END = re.compile(r"^(\d+)p\[CPU0 *\] >>PANIC<< exception\(\): 3rd \(\d+\) exception with no resolution", re.MULTILINE)
BOCHS_EVENT = re.compile(
    r"page fault for address (?P<address>\w+) @"
    r"|exception\(0x(?P<vector>\w+)\): error_code=(?P<error>\w+)"
    r"|interrupt\(\): vector = (?P<interrupt>[2-9a-f]\w),"
    r"|(?P<level>PML4|PDPE|PDE|PTE): entry not present")
BOCHS_LEVELS = ["PTE", "PDE", "PDPE", "PML4"]  # from the page up, by Intel's names
BOCHS_LIMIT = re.compile(r"IDT\.limit = 0x(\w+)")
BOCHS_REGISTER = re.compile(r"\b(EIP|RIP|ESP|RSP|EBP|RBP|CR\d|EFER) *= ?(?:0x)?([0-9a-f_]+)")


def crash_of_bochs(log):
    """The Crash at the end of Bochs's @log, or None."""
    end = BOCHS_END.search(log)
    if not end:
        return None
    moment = "\n".join(line for line in log.splitlines() if line.startswith(end[1]))  # one instruction
    registers = {name: int(value.replace("_", ""), 16) for name, value in BOCHS_REGISTER.findall(moment)}
    if limit := BOCHS_LIMIT.search(moment):
        registers["IDT"] = None, int(limit[1], 16)
    return Crash(bochs_faults(moment, pagewalk.levels_of(registers)), registers)


def bochs_faults(moment, levels):
    faults, address, level = [], None, ""
    for event in BOCHS_EVENT.finditer(moment):
        if event["level"]:
            level = levels[-1 - BOCHS_LEVELS.index(event["level"])][0]
        elif event["address"]:
            address = int(event["address"], 16)
        elif event["vector"]:
            walked = (address, level) if int(event["vector"], 16) == PAGE_FAULT else ()
            faults.append(Fault(int(event["vector"], 16), int(event["error"], 16), *walked))
            level = ""
        elif not faults:
            faults.append(Fault(int(event["interrupt"], 16)))
    return faults


# --- Where ---------------------------------------------------------------------------------------

def place(kernel, address):
    """`function+offset (file:line)` of @address, linked or, before paging, physical; or None."""
    if address < kernel.start_kernel_map:
        address += kernel.start_kernel_map
    symbols = kernel.symbols()
    if not symbols["_shead"] <= address < symbols["_end"]:
        return None
    start, name = max((start, name) for name, start in symbols.items() if start <= address)
    line = source_line(kernel, address)
    return f"{name}+{address - start:#x}" + (f" ({line})" if line else "")


def source_line(kernel, address):
    """`monitor/break.c:23`, as addr2line has it from the kernel's DWARF."""
    result = subprocess.run(["addr2line", "-e", kernel.elf, f"{address:#x}"], capture_output=True,
                            text=True, check=False)
    path, _, number = result.stdout.split(" ")[0].strip().rpartition(":")
    parts = path.split("/")  # NASM puts the folder of the build in front, twice
    inside = ("/".join(parts[cut:]) for cut in range(len(parts)))
    path = next((tail.removeprefix("./") for tail in inside if tail and (ROOT / tail).is_file()), None)
    return f"{path}:{number}" if path and number.isdigit() else None


def places(crash, kernels):
    """Where it was; with paging off more than one kernel may have been there."""
    found = [(kernel.name, where) for kernel in kernels if (where := place(kernel, crash.pc))]
    if not found:
        return "outside the kernel's image" if crash.registers.get("CPL", 0) < 3 else "in a program"
    if len(found) == 1:
        return "in {1} of the {0} kernel".format(*found[0])
    return "in " + ", or ".join(f"{where} if it is the {name} kernel" for name, where in found)


def possible(crash, kernels=KERNELS):
    """Those of @kernels whose tables the CPU could have been walking."""
    levels = pagewalk.levels_of(crash.registers)
    return [kernel for kernel in kernels if not levels or kernel.levels == len(levels)]


# --- Words ---------------------------------------------------------------------------------------

def access(error):
    """`write to`, of a page fault's error code."""
    return next(is_set if error & bit else clear for bit, is_set, clear in PF_ACCESS
                if error & bit or clear)


def owner(address, crash):
    """What of the CPU's own business lies at @address: it has to read the IDT and to write a stack."""
    entry = 16 if crash.registers["EFER"] & pagewalk.LONG_MODE else 8
    for name, what in [("IDT", "IDT"), ("GDT", "GDT"), ("TR", "TSS")]:
        base, limit = crash.registers.get(name, (None, 0))
        if base is not None and base <= address <= base + limit:
            return f"entry {(address - base) // entry} of the {what}" if what != "TSS" else "the TSS"
    return "the stack" if crash.sp - NEAR_STACK <= address < crash.sp else ""


def page_fault(fault, crash, read):
    """The rest of the sentence for a page fault."""
    bits = [text for bit, is_set, clear in PF_BITS
            if fault.error is not None and (text := is_set if fault.error & bit else clear)]
    steps = pagewalk.walk(levels, crash.registers["CR3"], fault.address, read) if (
        levels := pagewalk.levels_of(crash.registers)) and read else []
    where = f"the walk fails at the {fault.level}" if fault.level else pagewalk.ending(steps, fault.error)
    what = owner(fault.address, crash)
    head = access(fault.error) if fault.error is not None else "access to"
    if fault.address == crash.pc and what == "":
        head = "fetch of the instruction at"  # without NX the error code does not tell it from a read
    return ", ".join(filter(None, [f"{head} {fault.address:#010x}" + (f" ({what})" if what else ""),
                                   *bits, where])), steps


def protection_fault(fault, delivered, crash):
    """Why no gate could be used, if the exception that was @delivered tells."""
    if delivered is None:
        return f"error code {fault.error:#x}" if fault.error else ""
    entry = 16 if crash.registers["EFER"] & pagewalk.LONG_MODE else 8
    limit = crash.registers.get("IDT", (None, None))[1]
    if limit is not None and (delivered.vector + 1) * entry - 1 > limit:
        return f"the IDT ends before its entry {delivered.vector}, at limit {limit:#x}"
    return f"entry {delivered.vector} of the IDT is no gate that the CPU takes"


def described(fault, delivered, crash, read):
    """(what else there is to say of @fault, [Step] of its walk)"""
    if fault.vector == PAGE_FAULT and fault.address is not None:
        return page_fault(fault, crash, read)
    return protection_fault(fault, delivered, crash) if fault.vector == PROTECTION else "", []


def is_meant(crash):
    """INT3 with an IDT of no entries: the last resort of reset_by_triple_fault(), and of SeaBIOS."""
    return crash.faults[0].vector == BREAKPOINT and crash.registers.get("IDT", (None, None))[1] == 0


def words(crash, kernels=KERNELS, read=None):
    """
    The sentence, a line for each exception that followed, and the walks. Empty if the fault was meant.
    @kernels: which it may have been; @read: of physical memory, as for pagewalk.walk()
    """
    if is_meant(crash):
        return ""
    where = places(crash, possible(crash, kernels))
    lines, walks = [], {}
    for number, fault in enumerate(crash.faults):
        delivered = crash.faults[number - 1] if number else None
        text, steps = described(fault, delivered, crash, read)
        text = ": " + text if text else ""
        if number == 0:
            lines.append(f"triple fault: {fault} {where}, at {crash.pc:#010x}{text}")
        elif fault.vector == DOUBLE_FAULT:
            lines.append(f"  hence a {fault}")
        else:
            lines.append(f"  while that was delivered, {fault}{text}")
        if steps:
            walks[fault.address] = steps
    lines.append("  so the CPU gave up, and nobody was left to say it")
    lines += [f"  walk of {address:#010x}: " + ", ".join(map(str, steps)) for address, steps in walks.items()]
    return "\n".join(lines)
