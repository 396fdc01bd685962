#!/usr/bin/python3
"""
`make bochs`: boots a disc image in Bochs, in a window where there is a display, else on this
terminal. Either way the screen is the VGA text screen and the keyboard a PS/2 keyboard: the
monitor listens there as it does on the serial line, whose output goes to build/bochs-com1.log.
On a terminal Ctrl-C reaches Bochs's debugger: `c` goes on, `q` quits.

    tools/bochs.py IMAGE MEGABYTES
"""

import os
import subprocess
import sys

from k896.bochs import command, verdict, write_bochsrc
from k896.kernels import BUILD
from k896.machine import FAILED

iso, mem = os.path.abspath(sys.argv[1]), int(sys.argv[2])
display = "x" if os.environ.get("DISPLAY") else "term"
if display == "term" and not sys.stdout.isatty():
    sys.exit("make bochs: no DISPLAY and no terminal: nowhere to show the screen")

com1, log = BUILD / "bochs-com1.log", BUILD / "bochs.log"
write_bochsrc(BUILD / "bochsrc", mem=mem, iso=iso, display=display,
              com1=f'mode=file, dev="{com1}"', log=log)
# Bochs's own exit status means nothing: the log tells how it ended.
subprocess.run(command(BUILD / "bochsrc", BUILD / "bochs.rc"),
               env={"TERM": "xterm", **os.environ}, check=False)
if verdict(com1.read_text(errors="replace"), log.read_text(errors="replace")) == FAILED:
    sys.exit(f"k896 ended in a panic or a failed test: see {com1}")
