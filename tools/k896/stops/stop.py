"""
What a stop of `make tour` is. A table of them, one for each kernel, is a file beside this one; to
add a stop, add a row.

        Tour    a kernel and its boots
        Boot    a command line, and the stops on the way
        Stop    a landmark in the source, what is about to happen there, what to look at, and what
                must be true: tests/t/tour.t checks that
"""

from typing import NamedTuple

# Where the image's first byte is linked on i386, a program's address on x86_64; and the NULL page.
IMAGE, NULL = 0xC0100000, 0


class State(NamedTuple):
    """The paging unit, the same over many stops."""
    paging: bool
    cr3: object   # the symbol whose physical address it is, or a number; None: a process's, anywhere
    maps: dict    # linear address -> the physical one that it leads to, None: none


class Stop(NamedTuple):
    at: str            # the landmark: a symbol, label.local as NASM has it
    source: str        # the file that has it
    title: str
    text: str          # what is about to happen
    state: State
    low: bool = False      # paging is off, or low addresses still run: stop at its physical address
    writes: str = ""       # instead of there, stop after a write to this symbol's first byte
    types: str = ""        # the line to give the monitor, so that we get there
    maps: dict = {}        # more addresses to look at, and where they lead
    bits: str = ""         # words of `creg`: PG, set, pg, clear
    look: tuple = ()       # more of Bochs's commands; {name} is a symbol's physical address
    shows: dict = {}       # command -> a regular expression that its answer must contain
    shown: bool = False    # is it part of the transcript in docs/tour.md

    def addresses(self):
        return {**self.state.maps, **self.maps}


class Boot(NamedTuple):
    append: str    # the kernel's command line
    stops: list
    ramdisk: str = ""  # the module that has programs, as GRUB's menu loads it


class Tour(NamedTuple):
    kernel: object
    boots: list

    @property
    def stops(self):
        return [stop for boot in self.boots for stop in boot.stops]
