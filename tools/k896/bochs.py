"""
Bochs: the strict emulator. Boots the disc image, without a window.

Bochs's text display wants a terminal, and its first serial line a device: both get a pseudo-terminal
each. Its exit status says nothing (TOOLS: 1 after "Shutdown"), so the verdict is read from the log.
"""

import os
import pty
import re
import string
import threading
import time
import tty

from .kernels import ISO, ROOT
from .machine import FAILED, OK, Machine

def write_bochsrc(path, **words):
    """Fill in tools/bochsrc.in; @words: mem (in MB), display, com1, and what differs from here."""
    mem = words.pop("mem")
    words = {"guest": mem, "host": min(mem, 1024), "cpu": "bx_generic", "iso": ISO,
             "log": "/dev/null", "e9": 0, **words}
    template = string.Template((ROOT / "tools" / "bochsrc.in").read_text())
    with open(path, "w") as file:
        file.write(template.substitute(words))


def command(bochsrc, script):
    """Debian's Bochs has its debugger built in, which must be told to continue: by @script."""
    with open(script, "w") as file:
        file.write("c\n")
    return ["bochs", "-q", "-f", str(bochsrc), "-rc", str(script)]


def verdict(serial, log):
    """
    How it ended: OK, FAILED, or None if the kernel did not end it.
    @serial: what the kernel said; @log: what Bochs said
    """
    if re.search(r"Kernel panic|^ *not ok ", serial, re.MULTILINE):
        return FAILED
    return OK if "shutdown requested" in log else None


class Bochs(Machine):
    """@mem: RAM in MB; @cpu: one of Bochs's models (`p3_katmai`, `pentium`, `bx_generic` ...)."""

    def __init__(self, iso=ISO, mem=64, cpu="bx_generic", name=None):
        super().__init__(name or f"bochs-{cpu}-{mem}M")
        bochsrc = self.run_dir.name + "/bochsrc"
        self.bochs_log = self.log.with_suffix(".bochs")
        self._com1, com1 = pty.openpty()
        self._screen, screen = pty.openpty()
        tty.setraw(com1)
        write_bochsrc(bochsrc, mem=mem, cpu=cpu, iso=iso, display="term",
                      com1=f"mode=term, dev={os.ttyname(com1)}",
                      log=self.bochs_log)
        threading.Thread(target=self._drain_screen, daemon=True).start()
        self._com1_slave = com1
        self._start(command(bochsrc, self.run_dir.name + "/rc"),
                    stdin=screen, stdout=screen, stderr=screen, start_new_session=True,
                    env={**os.environ, "TERM": "xterm"})
        os.close(screen)
        self._read_serial(self._com1)

    def _drain_screen(self):
        with open(self.log.with_suffix(".screen"), "wb", buffering=0) as file:
            try:
                while data := os.read(self._screen, 65536):
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

    def close(self):
        super().close()
        for end in (self._com1, self._screen):
            os.close(end)

    def _status(self):
        code = self.process.wait()
        return verdict(self.text, self.bochs_log.read_text(errors="replace")) or code
