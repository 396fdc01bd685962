"""
A machine in QEMU with gdb at its side: it can be stopped at a function, looked at, and let go on.

        serial line ----> what the kernel says of itself: the monitor's `json`
        gdb       ------> what its memory says of it: `k896 json`, tools/gdb/snapshot.py
        QMP       ------> what the CPU makes of its tables: `info tlb`

gdb is typed to through a pipe; while the machine runs it answers nothing.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import time

from k896 import PROMPT, ROOT, Qemu
from k896.machine import HANG

DONE = "--- gdb is done ---"
PATIENCE = 10  # seconds


class Held(Qemu):
    """@kernel: a Kernel; @mem, @append: as for Qemu"""

    def __init__(self, kernel, mem, append):
        self.kernel, self.symbols = kernel, kernel.symbols()
        self.folder = tempfile.TemporaryDirectory(prefix="k896-picture-")
        self._gdb = None
        socket = os.path.join(self.folder.name, "gdb")
        super().__init__(kernel, mem, "max", append, [kernel.initrd],
                         extra=["-S", "-gdb", f"unix:{socket},server=on,wait=off"])
        self.qmp("query-status")  # it lives: the options were good
        self._gdb = subprocess.Popen(["gdb", "-q", "-nx", str(kernel.elf), "-x", "tools/gdb/k896.py"],
                                     cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        for command in ("set confirm off", "set pagination off", f"target remote {socket}"):
            self.ask(command)

    def close(self):
        if self._gdb:
            self._gdb.kill()
            self._gdb.wait()
            self._gdb.stdin.close()
            self._gdb.stdout.close()
        super().close()
        self.folder.cleanup()

    # -- gdb -----------------------------------------------------------------------------------

    def order(self, command):
        """Type @command to gdb; reply() is due."""
        self._gdb.stdin.write(f"{command}\necho \\n{DONE}\\n\n".encode())
        self._gdb.stdin.flush()

    def reply(self, timeout=HANG):
        """What gdb said to the command; None if it is still at it."""
        text, deadline = b"", time.monotonic() + timeout
        while DONE.encode() not in text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._gdb.stdout], [], [], left)[0]:
                return None
            data = os.read(self._gdb.stdout.fileno(), 65536)
            if not data:
                self.fail("gdb ended: " + text.decode(errors="replace"))
            text += data
        return text.decode(errors="replace").replace(DONE, "").replace("(gdb) ", "").strip()

    def ask(self, command):
        self.order(command)
        answer = self.reply()
        if answer is None:
            self.fail(f"gdb hangs: {HANG} s without an answer to {command!r}")
        return answer

    # -- stop and go ---------------------------------------------------------------------------

    def stop_at(self, address):
        """Once, when it gets there."""
        self.ask(f"thbreak *{address:#x}")

    def let_go(self):
        self.order("continue")

    def where(self):
        """The address it stands at."""
        return int(self.ask('printf "%lx", $pc').split()[-1], 16)

    def wait_until_it_stops(self, timeout=HANG):
        """Returns the address; None if it has ended."""
        answer = self.reply(timeout)
        if answer is None:
            self.hold()
            self.fail(f"hangs: {timeout} s, and it stands at {self.ask('info symbol $pc')}")
        return None if "exited" in answer or "closed" in answer else self.where()

    def hold(self):
        """Stop it wherever it is. A signal that comes before gdb has let it go is lost: once more, then."""
        for _ in range(HANG // PATIENCE):
            os.kill(self._gdb.pid, signal.SIGINT)
            if self.reply(PATIENCE) is not None:
                return
        self.fail("gdb cannot stop the machine")

    # -- looks ---------------------------------------------------------------------------------

    def from_outside(self):
        """All that gdb finds in the memory of the held machine."""
        path = os.path.join(self.folder.name, "snapshot")
        complaint = self.ask(f"k896 json {path}")
        if complaint:
            self.fail(f"gdb: {complaint}")
        with open(path, encoding="ascii") as file:
            return json.load(file)

    def from_inside(self):
        """All that the kernel says of itself, at the monitor's prompt."""
        answer = self.command("json")
        try:
            return json.loads(answer)
        except json.JSONDecodeError as error:
            self.fail(f"its json is none: {error}")

    def prompt(self):
        """
        A fresh one. What a program printed may stand behind the last, and another prompt be on its way:
        so a word is typed whose answer cannot be mistaken for anything else.
        """
        self.send("ready?\r")
        self.expect(r"^ready\?: no such command.*\n")
        self.expect(rf"^{PROMPT}\Z")
