"""
Leads a machine in Bochs's debugger from stop to stop.

        Guide.boot()      GRUB's command line: this kernel, with this command line
        Guide.set_out()   a breakpoint for the next stop; `c` is left to whoever leads
        Guide.meanwhile() types to GRUB and the monitor what is needed to get there
        Guide.arrived()   are we there?
        Guide.visit()     the registers, the tables, the addresses that matter: a Visit
        complaints()      what is not as the stop's row says

tools/debug.py has a student between the stops; walk() has nobody.
"""

import re
import time
from typing import NamedTuple

from .debugger import LOCATION, Debugger
from .kernels import ISO
from .machine import HANG, PROMPT
from .stops import TOURS, Stop

MEGABYTES = 64
WIDTH = 96


class Visit(NamedTuple):
    number: int      # 1 ...
    stop: Stop
    location: str    # Bochs's line: address, symbol, instruction
    answers: dict    # command -> answer, in order

    def text(self, of):
        """As it is shown; @of: how many stops there are."""
        head = f"---- stop {self.number} of {of}: {self.stop.title} "
        looks = [f"<bochs> {command}\n{answer}" for command, answer in self.answers.items()]
        return "\n".join([head.ljust(WIDTH, "-"), f"{self.stop.at}, {self.stop.source}",
                          self.stop.text.strip(), "", self.location, *looks])


class Guide:
    """@machine: a Debugger at its first prompt; @number: how many stops lie behind us."""

    def __init__(self, machine, tour, boot, number=0):
        self.machine, self.tour, self.boot, self.number = machine, tour, boot, number
        # A student's head.asm may have other labels within its functions.
        self.to_come = [stop for stop in boot.stops if stop.at in machine.symbols]
        self._to_type = [("x86_64", "c"),
                         ("grub> ", f"multiboot2 /boot/{tour.kernel.name}/kernel.elf {boot.append}\r"),
                         *([("grub> ", f"module2 {boot.ramdisk}\r")] if boot.ramdisk else []),
                         ("grub> ", "boot\r")]
        self._heard = 0  # how much of the serial line led to what we typed

    # -- on the way ----------------------------------------------------------------------------

    @property
    def next(self):
        return self.to_come[0] if self.to_come else None

    def _physical(self, symbol):
        return self.machine.symbols[symbol] - self.tour.kernel.start_kernel_map

    def _address(self, stop):
        return self._physical(stop.at) if stop.low else self.machine.symbols[stop.at]

    def set_out(self):
        """Let the machine stop at the next stop."""
        stop = self.next
        if not stop:
            return
        if stop.writes:
            self.machine.ask(f"watch w {self._physical(stop.writes):#x}")
        else:
            self.machine.ask(f"lb {self._address(stop):#x}")
        if stop.types:
            self._to_type.append((PROMPT, stop.types + "\r"))

    def meanwhile(self):
        """
        While it runs, every now and then: answer what is asked on the serial line. A character at a
        time, each after the echo of the one before: on a busy host GRUB is a slow reader.
        """
        if not self._to_type:
            return
        awaited, line = self._to_type[0]
        if awaited in self.machine.text[self._heard:]:
            self._heard = len(self.machine.text)
            self._to_type[:1] = [(line[0], line[1:])] if line[1:] else []
            self.machine.send(line[0])

    def arrived(self, answer):
        """Did it stop at the next stop? @answer: what Bochs said when it stopped."""
        stop, location = self.next, LOCATION.search(answer)
        if not stop or not location:
            return False
        if stop.writes:
            return f"write watch point at {self._physical(stop.writes):#014x}" in answer
        return int(location[1], 16) == self._address(stop)

    # -- there ---------------------------------------------------------------------------------

    def _unset(self, stop):
        if stop.writes:
            self.machine.ask("unwatch")
            return
        pattern = rf"^ *(\d+) lbreakpoint.* 0x{self._address(stop):016x}"
        for row in re.finditer(pattern, self.machine.ask("blist"), re.MULTILINE):
            self.machine.ask(f"d {row[1]}")

    def resolved(self, command):
        """@command with physical addresses for {symbols}."""
        return re.sub(r"\{(\w+)\}(?:\+(\w+))?",
                      lambda m: f"{self._physical(m[1]) + int(m[2] or '0', 0):#x}", command)

    def visit(self, answer):
        """Look around; the next `c` leads on to the stop after this one."""
        stop = self.to_come.pop(0)
        self.number += 1
        self._unset(stop)
        pages = [f"page {address:#x}" for address in stop.addresses()]
        looks = [self.resolved(command) for command in stop.look]
        answers = {command: self.machine.ask(command).rstrip("\n") + "\n"
                   for command in ["r", "creg", "info tab", *pages, *looks]}
        self.set_out()
        return Visit(self.number, stop, LOCATION.search(answer)[0], answers)

    # -- is it as it should be? ----------------------------------------------------------------

    def complaints(self, visit):
        """[sentence], for each fact of the stop's row that is none."""
        stop, creg = visit.stop, visit.answers["creg"]
        expected = [("creg", rf"^CR0=.*\b{'PG' if stop.state.paging else 'pg'}\b"),
                    ("creg", rf"^CR3={self._cr3(stop)}")]
        expected += [("creg", rf"\b{bit}\b") for bit in stop.bits.split()]
        expected += [(f"page {address:#x}", _leads_to(address, physical))
                     for address, physical in stop.addresses().items()]
        expected += [(self.resolved(command), regex) for command, regex in stop.shows.items()]
        if not stop.low:
            expected.append(("location", rf"\({re.escape(stop.at)}\+"))
        answers = {**visit.answers, "creg": creg, "location": visit.location}
        return [f"`{command}` does not show {regex!r} but\n{answers[command]}"
                for command, regex in expected if not re.search(regex, answers[command], re.MULTILINE)]

    def _cr3(self, stop):
        cr3 = stop.state.cr3
        if cr3 is None:
            return "0x"
        return f"{self._physical(cr3) if isinstance(cr3, str) else cr3:#014x}"


def _leads_to(address, physical):
    if physical is None:
        return rf"^physical address not available for linear {address:#018x}"
    return rf"^linear page {address:#018x} maps to physical page {physical:#014x}"


def walk(kernel):
    """Yield (guide, visit) for each stop of @kernel's tour, without a student."""
    tour, number = TOURS[kernel.name], 0
    for boot in tour.boots:
        name = f"tour-{kernel.name}-{boot.append}"
        with Debugger(kernel, iso=ISO, mem=MEGABYTES, name=name) as machine:
            guide = Guide(machine, tour, boot, number)
            guide.set_out()
            while guide.next:
                yield guide, _go_on(guide)
            number = guide.number
            machine.quit()


def _go_on(guide):
    deadline = time.monotonic() + HANG
    guide.machine.tell("c")
    while not guide.machine.poll(0.01):
        guide.meanwhile()
        if time.monotonic() > deadline:
            guide.machine.fail(f"{HANG} s without a stop at {guide.next.at}")
    answer = guide.machine.answer()
    if not guide.arrived(answer):
        guide.machine.fail(f"stopped on the way to {guide.next.at}: {answer}")
    return guide.visit(answer)
