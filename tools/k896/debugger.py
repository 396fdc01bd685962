"""
Bochs's debugger, typed to: for `make bochs-debug`, `make tour`, and the test of the tour.

        tell("c") --> Bochs runs ... stops --> poll() --> answer()
        ask("creg") is all three

Nothing runs before the first command: the machine stands at its reset vector.
"""

import os
import re
import select
import signal
import tempfile
import time

from .bochs import Bochs
from .machine import CSI, HANG

PROMPT = re.compile(r"<bochs:\d+> \Z")

# Where it stands: (0) [0x00000010006e] 0008:00000000c010006e (startup_32.high+0): lgdt ...
LOCATION = re.compile(r"^\(0\) \[0x[0-9a-f]+\] [0-9a-f]+:([0-9a-f]+) \(.*$", re.MULTILINE)


def symbol_file(kernel):
    """
    The kernel's symbols in Bochs's form; returns the file. Those of head.asm, which runs before
    paging is on, are there twice: where they are linked, and as PA(name) where they lie.
    """
    symbols, path = kernel.symbols(), kernel.folder / "debugger.sym"
    rows = list(symbols.items())
    rows += [(f"PA({name})", address - kernel.start_kernel_map) for name, address in rows
             if symbols["_shead"] <= address < symbols["_eboot_tables"]]
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write("".join(f"{address:x} {name}\n" for name, address in rows))
    os.replace(file.name, path)  # another Bochs may be reading it
    return path


class Debugger(Bochs):
    """@kernel: whose symbols it is to know."""

    def __init__(self, kernel, **options):
        self.symbols = kernel.symbols()
        self._console_text = ""
        super().__init__(symbols=symbol_file(kernel), commands=(), **options)
        self._finish_answer("the first prompt")

    def _attend_console(self):
        self._console_log = open(self.log.with_suffix(".debugger"), "w")

    # -- talking -------------------------------------------------------------------------------

    def tell(self, command):
        """Type @command; its answer comes by poll()."""
        os.write(self._console, command.encode() + b"\n")

    def poll(self, seconds, *others):
        """
        Read what Bochs prints, for @seconds at most.
        @others: descriptors that may wake us, too

        Returns True when it waits for a command, or is gone.
        """
        if self._console in select.select([self._console, *others], [], [], seconds)[0]:
            try:
                data = os.read(self._console, 65536).decode("latin-1")
            except OSError:  # Bochs is going
                self.process.wait(HANG)
                return True
            self._console_log.write(data)
            self._console_text += CSI.sub("", data)
        return bool(PROMPT.search(self._console_text)) or self.process.poll() is not None

    def answer(self):
        """What it said between the echo of the command and the new prompt."""
        text, self._console_text = PROMPT.sub("", self._console_text), ""
        return text.partition("\n")[2]

    def _finish_answer(self, command, timeout=HANG):
        deadline = time.monotonic() + timeout
        while not self.poll(0.2):
            if time.monotonic() > deadline:
                self.fail(f"Bochs's debugger hangs: {timeout} s after {command}")
        return self.answer()

    def ask(self, command, timeout=HANG):
        """Run a debugger command that stops by itself; returns its answer."""
        self.tell(command)
        return self._finish_answer(repr(command), timeout)

    def interrupt(self):
        """Stop the machine where it is; the prompt comes by poll()."""
        self.process.send_signal(signal.SIGINT)

    def quit(self):
        self.tell("q")
        self.wait()

    def close(self):
        super().close()
        self._console_log.close()
