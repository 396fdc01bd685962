"""
`make gdb`: QEMU held at its first instruction and gdb attached, source lines from the kernel's own
first instruction on.

The kernel is linked high, but begins low, with paging off: head.asm's lines are loaded a second
time, at the physical address where they run until the jump. QEMU is gdb's child and ends with it.
"""

import os

import gdb

from kernel import IMAGE, value

kernel = os.environ["K896_KERNEL"]          # build/i386
system = os.environ["K896_SYSTEM"]          # i386: which qemu-system-
serial = os.environ["K896_SERIAL"]          # where the serial line goes: a chardev of QEMU's

QEMU = ["exec", f"qemu-system-{system}", "-accel", "tcg", "-cpu", "max", "-machine", "pc", "-m",
        os.environ["MEM"], "-nodefaults", "-vga", "std", "-display", "none", "-no-reboot",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", serial,
        "-kernel", f"{kernel}/kernel.elf", "-append", f"'{os.environ['APPEND']}'",
        "-S", "-gdb", "stdio"]

low = int(value("&startup_32")) & (1 << 64) - 1
low -= IMAGE if low >= IMAGE else 0
arch = os.environ["K896_ARCH"]
for command in ("set confirm off", "set pagination off", "set disassembly-flavor intel",
                f"add-symbol-file {kernel}/arch/{arch}/boot/head.asm.o -s .head {low:#x}",
                "target remote | " + " ".join(QEMU), f"thbreak *{low:#x}", "continue"):
    gdb.execute(command, to_string=command.startswith("add"))
print(f"""
The kernel's first instruction, paging off. `hbreak FUNCTION` stops there, `continue`, `next`, `stepi`
go on; `k896` lists what it has of its own; the serial line with the monitor: {serial}""")
