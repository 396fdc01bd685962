"""
Boots k896 in an emulator and talks to it: for the boot tests (tests/t/*.t), the benchmarks, and
graders.

        from k896 import Qemu, I386, main

        with Qemu(I386, mem="64M", append="highmem=32M") as machine:
            machine.boot()                           # up to the prompt
            print(machine.command("meminfo"))
            machine.power_off()                      # and demand status 33

A test script finds this package through the link tests/t/k896; scripts elsewhere find it through
PYTHONPATH, which `make test EXTRA=dir` sets.
"""

from .kernels import I386, I386_PAE, ISO, KERNELS, ROOT, X86_64, Kernel
from .machine import FAILED, OK, PROMPT, Failure, Machine, leave_on_signals
from .qemu import Qemu
from .bochs import Bochs
from .debugger import Debugger
from .tap import main, tier

__all__ = ["I386", "I386_PAE", "ISO", "KERNELS", "ROOT", "X86_64", "Kernel", "FAILED", "OK", "PROMPT",
           "Failure", "Machine", "leave_on_signals", "Qemu", "Bochs", "Debugger", "main", "tier"]
