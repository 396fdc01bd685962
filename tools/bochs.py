#!/usr/bin/python3
"""
`make bochs`: boots a disc image in Bochs, the serial line on this terminal: GRUB's menu, the boot
log, the monitor. Where there is a display a window shows the VGA screen, and its keyboard works as
well. Ctrl-A x ends Bochs.

    tools/bochs.py IMAGE MEM    256, 256M, 2G
    tools/bochs.py --check MEM  only say whether Bochs can have so much RAM
"""

import os
import select
import sys
import termios
import tty

from k896 import FAILED, OK, Bochs, leave_on_signals
from k896.bochs import bochs_megabytes

CTRL_A = b"\x01"


def type_through(machine):
    """Pass on what is typed until the machine ends or Ctrl-A x comes."""
    sources, after_ctrl_a = [sys.stdin], False
    while machine.process.poll() is None:
        if not select.select(sources, [], [], 0.2)[0]:
            continue
        key = os.read(sys.stdin.fileno(), 1)
        if not key:
            sources = []  # no more input; the machine may go on
        elif after_ctrl_a and key == b"x":
            return
        elif key == CTRL_A and not after_ctrl_a:
            after_ctrl_a = True
            continue
        else:
            machine.send(key.decode("latin-1"))
        after_ctrl_a = False


def run(iso, mem):
    display = "x" if os.environ.get("DISPLAY") else "term"
    with Bochs(iso, mem, display=display) as machine:
        machine.echo = sys.stdout.fileno()
        type_through(machine)
        if machine.process.poll() is None:
            return "Bochs was ended from outside, not by the kernel's poweroff", 0
        status = machine.wait()
        log, last_words = os.path.relpath(machine.bochs_log), machine.last_words()
    if last_words:
        return last_words, 1
    if status == OK:
        return None, 0
    if status == FAILED:
        return "k896 ended in a panic or a failed test", 1
    return f"Bochs ended with status {status}, not at the kernel's will: see {log}", 1


def main():
    iso, mem = os.path.abspath(sys.argv[1]), bochs_megabytes(sys.argv[2])
    if sys.argv[1] == "--check":
        return 0
    leave_on_signals()
    if not sys.stdin.isatty():
        message, status = run(iso, mem)
    else:
        before = termios.tcgetattr(sys.stdin)
        tty.setraw(sys.stdin)
        try:
            message, status = run(iso, mem)
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
    if message:
        print(message, file=sys.stderr)
    return status


sys.exit(main())
