#!/usr/bin/python3
"""
`make tour`, `make bochs-debug`, `make bochs-gui`: a kernel in Bochs's debugger, its symbols loaded.

    tools/debug.py tour  KERNEL               i386, i386-pae, x86_64: from stop to stop
    tools/debug.py debug KERNEL IMAGE MEM     at the kernel's first instruction, and then yours
    tools/debug.py gui   KERNEL IMAGE MEM     the same in Bochs's window

One terminal for two: while Bochs waits, what is typed is a command of its debugger; while the
machine runs, keys go to its serial line, where the monitor is, and Ctrl-C stops it. The tour's
words are `c`, on to the next stop, and `tour`. Without a terminal the tour walks by itself.
"""

import os
import readline  # noqa: F401: input() has a history by it
import select
import subprocess
import sys
import termios
import tty

from k896 import ISO, KERNELS, Bochs, Debugger, leave_on_signals
from k896.bochs import bochs_megabytes
from k896.debugger import symbol_file
from k896.tour import MEGABYTES, TOURS, Guide, walk

CTRL_C = b"\x03"

RULES = """Each time you have Bochs's prompt: look around (`help` lists its commands), then
  c          go on to the next stop       tour    list the stops
  Ctrl-C     stop a running machine       q       leave
"""


class Ended(Exception):
    """Bochs is gone; what it said last."""


class Terminal:
    """The student's."""

    def __init__(self):
        self.last = ""

    def command(self):
        """A line typed at the prompt; an empty one repeats the last, as in Bochs itself."""
        while True:
            try:
                self.last = input("<bochs> ").strip() or self.last
            except EOFError:
                self.last = "q"
            except KeyboardInterrupt:
                print()
                continue
            if self.last:
                return self.last

    @staticmethod
    def run(machine, guide=None):
        """Until Bochs waits again: keys go to the machine. Returns what Bochs says then."""
        before = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
        keyboard = [sys.stdin.fileno()] if before else []
        if before:
            tty.setcbreak(sys.stdin)
            termios.tcsetattr(sys.stdin, termios.TCSANOW, _without_signals(sys.stdin))
        try:
            while not machine.poll(0.01, *keyboard):
                if guide:
                    guide.meanwhile()
                _pass_keys(machine, keyboard)
        finally:
            if before:
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        answer = machine.answer()
        if machine.process.poll() is not None:
            raise Ended(answer)
        return answer


def _without_signals(stream):
    mode = termios.tcgetattr(stream)
    mode[3] &= ~termios.ISIG
    return mode


def _pass_keys(machine, keyboard):
    while select.select(keyboard, [], [], 0)[0]:
        key = os.read(keyboard[0], 1)
        if key == CTRL_C:
            print()
            machine.interrupt()
        else:
            machine.send(key.decode("latin-1"))


# --- make bochs-debug, make bochs-gui ------------------------------------------------------------

def first_instruction(kernel):
    return f"lb {kernel.symbols()['startup_32'] - kernel.start_kernel_map:#x}"


def display():
    return "x" if os.environ.get("DISPLAY") else "term"


def debug(kernel, image, mem):
    terminal = Terminal()
    with Debugger(kernel, iso=os.path.abspath(image), mem=bochs_megabytes(mem), display=display()) as machine:
        print(f"{kernel.name}: its symbols are loaded; `help` lists Bochs's commands, `q` leaves.\n"
              "Ctrl-C stops a running machine; its serial line is on this terminal.")
        machine.echo = sys.stdout.fileno()
        machine.ask(first_instruction(kernel))
        command = "c"
        while True:
            machine.tell(command)
            print(terminal.run(machine), end="")
            command = terminal.command()


def gui(kernel, image, mem):
    if not os.environ.get("DISPLAY"):
        return ("make bochs-gui opens a window, and there is no display (DISPLAY is not set); "
                "`make bochs-debug` is the same on this terminal")
    window = 'x, options="gui_debug"'
    commands = [first_instruction(kernel), "c"]
    with Bochs(os.path.abspath(image), bochs_megabytes(mem), display=window, symbols=symbol_file(kernel),
               commands=commands) as machine:
        machine.echo = sys.stdout.fileno()
        machine.process.wait()
    return None


# --- make tour -----------------------------------------------------------------------------------

def list_stops(tour, behind):
    for number, stop in enumerate(tour.stops, 1):
        mark = "*" if number == behind else " "
        print(f"{mark}{number:3}  {stop.at:26} {stop.title}")


def lead(terminal, guide, machine):
    """One boot, with a student, until its last stop is left by `c` or Bochs ends."""
    guide.set_out()
    command = "c"
    while guide.next or command not in ("c", "cont", "continue"):
        if command == "tour":
            list_stops(guide.tour, guide.number)
        else:
            machine.tell(command)
            answer = terminal.run(machine, guide)
            if guide.arrived(answer):
                print("\n" + guide.visit(answer).text(len(guide.tour.stops)))
                machine.echo = sys.stdout.fileno()
            else:
                print(answer, end="")
        command = terminal.command()


def tour_with_student(kernel):
    tour, terminal, number = TOURS[kernel.name], Terminal(), 0
    print(f"A tour of {kernel.name}, {len(tour.stops)} stops. {RULES}")
    for boot in tour.boots:
        with Debugger(kernel, iso=ISO, mem=MEGABYTES, display=display()) as machine:
            print(f"(Bochs starts, GRUB boots with \"{boot.append}\": some seconds)", flush=True)
            guide = Guide(machine, tour, boot, number)
            lead(terminal, guide, machine)
            number = guide.number
    print("That was the last stop. docs/tour.md has questions about them.")


def tour_alone(kernel):
    of = len(TOURS[kernel.name].stops)
    for _, visit in walk(kernel):
        print("\n" + visit.text(of), flush=True)


# --- what can go wrong ---------------------------------------------------------------------------

def why_no_debugger():
    """Only a Bochs that has its debugger knows the option -rc."""
    usage = subprocess.run(["bochs", "--help"], capture_output=True, text=True, check=False)
    if "-rc " in usage.stdout + usage.stderr:
        return None
    return ("this Bochs was built without its debugger: Debian's package bochs has it; from source, "
            "configure with --enable-debugger")


def main():
    leave_on_signals()
    what, name, *image_and_mem = sys.argv[1:]
    kernel = next(kernel for kernel in KERNELS if kernel.name == name)
    why_not = why_no_debugger()
    if why_not:
        return why_not
    try:
        if what == "tour":
            (tour_with_student if sys.stdin.isatty() else tour_alone)(kernel)
            return None
        return {"debug": debug, "gui": gui}[what](kernel, *image_and_mem)
    except Ended as end:
        print(end, end="")
        return None


sys.exit(main())
