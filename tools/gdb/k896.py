"""
gdb's side of `make gdb`: the kernel's tables and lists, read from the structures themselves.

    (gdb) k896                     lists the commands
    (gdb) k896 walk 0xc0100000     what the CPU finds on its way to an address

Loaded with `gdb -x tools/gdb/k896.py build/i386/kernel.elf`. Each module brings its commands; they
only read. Nothing here is a copy of what the kernel's monitor prints: it works where the kernel
hangs, and before there is a monitor.
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True


class K896(gdb.Command):
    """The kernel's structures; `k896` alone lists the commands, `help k896 NAME` tells of one."""

    def __init__(self):
        super().__init__("k896", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument, from_tty):
        gdb.execute("help k896")


K896()

import frames  # noqa: E402,F401
import layout  # noqa: E402,F401
import processes  # noqa: E402,F401
import slabs  # noqa: E402,F401
import snapshot  # noqa: E402,F401
import tables  # noqa: E402,F401
