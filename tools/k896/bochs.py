"""
Bochs: the strict emulator. Boots the disc image.

        com1 <--pty--> expect(), send()          stdin, stdout <--pty--> Bochs's debugger: build/logs,
        log: --pipe--> watch.py --> build/logs                    or debugger.py, which types to it

Without a window Bochs draws on a terminal that it opens for itself and nobody sees. Its exit status
says nothing (1 after a clean shutdown, too), so the verdict is read from the logs.
"""

import os
import pty
import re
import string
import sys
import threading
import time
import tty

from .kernels import ISO, ROOT
from .machine import FAILED, HANG, OK, Machine
from .watch import BochsWatch


def verdict(serial, log):
    """
    How it ended: OK, FAILED, or None if the kernel did not end it.
    @serial: what the kernel said; @log: what Bochs said
    """
    if re.search(r"Kernel panic|^ *not ok ", serial, re.MULTILINE):
        return FAILED
    return OK if "shutdown requested" in log else None


# Megabytes: what Bochs can have of the host; it reloads the rest of a larger guest's RAM.
MOST_HOST_MEMORY = 1024


# Its start-up grows with the guest: 8 GB take a minute and a half, more come to no end.
MOST_MEMORY = 8192


def megabytes(text):
    """MEM= of the make targets, in the unit that Bochs takes; leaves with a message if it is none."""
    match = re.fullmatch(r"([1-9]\d*)([MG]?)", text)
    if not match:
        sys.exit(f"MEM={text}: not a size like 256, 256M or 2G")
    return int(match[1]) * (1024 if match[2] == "G" else 1)


def bochs_megabytes(text):
    """The same, for a machine that Bochs is to start."""
    size = megabytes(text)
    if size > MOST_MEMORY:
        sys.exit(f"MEM={text}: more than the {MOST_MEMORY} MB that Bochs can start with")
    return size


class Bochs(Machine):
    """
    @mem: RAM in MB; @cpu: one of Bochs's models (`p3_katmai`, `pentium`, `bx_generic` ...)
    @display: `term`, which nobody sees, `x`, a window, or `x, options="gui_debug"`, and another
    @symbols: a file of `address name` for its debugger
    @commands: what to type to the debugger first. Debian's Bochs has it built in: it must be told to go
    """

    def __init__(self, iso=ISO, mem=64, cpu="bx_generic", display="term", name=None, symbols=None,
                 commands=("c",)):
        super().__init__(name or f"bochs-{cpu}-{mem}M")
        self.bochs_log = self.log.with_suffix(".bochs")
        self._watch = BochsWatch(self.run_dir.name, self.bochs_log)
        self._watch.start()
        self._com1, self._com1_slave = pty.openpty()
        self._console, console = pty.openpty()
        tty.setraw(self._com1_slave)
        self._write("bochsrc", string.Template((ROOT / "tools" / "bochsrc.in").read_text()).substitute(
            mem=mem, host=min(mem, MOST_HOST_MEMORY), cpu=cpu, iso=iso, display=display,
            com1=os.ttyname(self._com1_slave), log=self._watch.path,
            symbols=f'debug_symbols: file="{symbols}"' if symbols else ""))
        self._write("rc", "".join(command + "\n" for command in commands))
        script = ["-rc", self.run_dir.name + "/rc"] if commands else []
        self._start(["bochs", "-q", "-f", self.run_dir.name + "/bochsrc", *script],
                    stdin=console, stdout=console, stderr=console, start_new_session=True,
                    env={**os.environ, "TERM": "xterm"})
        os.close(console)
        self._attend_console()
        self._read_serial(self._com1)

    def _attend_console(self):
        threading.Thread(target=self._drain_console, daemon=True).start()

    def _write(self, name, text):
        with open(f"{self.run_dir.name}/{name}", "w") as file:
            file.write(text)

    def _drain_console(self):
        with open(self.log.with_suffix(".debugger"), "wb", buffering=0) as file:
            try:
                while data := os.read(self._console, 65536):
                    file.write(data)
            except OSError:  # Bochs is gone
                pass

    def send(self, text):
        # The emulated UART has no room for a fast typist.
        for char in text:
            os.write(self._com1, char.encode())
            time.sleep(0.01)

    def _end_of_input(self):
        # The reader sees the end when the last holder of the line's other side lets go.
        if self._com1_slave is not None:
            os.close(self._com1_slave)
            self._com1_slave = None

    def last_words(self):
        if self.process.poll() is not None:
            self._watch.join(HANG)
        return self._watch.words

    def close(self):
        super().close()
        for end in (self._com1, self._console):
            os.close(end)

    def _status(self):
        code = self.process.wait()
        self._watch.join(HANG)
        return verdict(self.text, self.bochs_log.read_text(errors="replace")) or code
