"""
Eyes on an emulator, for the moment when its CPU gives up (triple.py).

        QEMU  -d int,cpu_reset -D fifo --+--> Tail: the last KEPT bytes
              -qmp: SHUTDOWN ------------+--> QemuWatch: the machine is held; its registers and tables are
                                              read, the words found; then it ends, or resets if that is all
        Bochs log: fifo -----------------+--> BochsWatch: a Tail; all but the CPU's debug lines go on to the log

QEMU writes a kilobyte for each interrupt, gigabytes in an afternoon: the pipe keeps them off the disc,
and a log is there the first time, without asking to see the fault again. The price, 12 MB for a run of
all suites, does not show in its 25 seconds.
"""

import json
import os
import pathlib
import re
import select
import socket
import tempfile
import threading
import time

from . import triple
from .elf import first_page
from .kernels import KERNELS

KEPT = 1 << 16    # an exception is a kilobyte of QEMU's log
CONNECTING = 60   # seconds
SAME_IMAGE = 0.9  # of the bytes of its first page

# 00853387733d[CPU0  ] exception(0x0e): error_code=0000
CPU_DEBUG = re.compile(r"\d+d\[CPU0")


class Tail:
    """The reading end of a named pipe; remembers the end of what came."""

    def __init__(self, path):
        os.mkfifo(path)
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.text = ""

    def fileno(self):
        return self._fd

    def take(self):
        """What has come, or None if there is no more writer."""
        try:
            data = os.read(self._fd, 65536)
        except BlockingIOError:
            return ""
        text = data.decode("latin-1")
        self.text = (self.text + text)[-KEPT:]
        return text if data else None

    def take_all(self):
        while self.take():
            pass

    def close(self):
        os.close(self._fd)


# --- QEMU ----------------------------------------------------------------------------------------

class Gone(Exception):
    """QEMU has ended."""


class QemuWatch(threading.Thread):
    """
    Start QEMU with `options`; then start(). When QEMU has ended, `words` are those of triple.words().
    @folder: of its own, for pipe and socket
    @resets: a reset that the guest asks for happens; else it ends QEMU, as -no-reboot has it
    """

    def __init__(self, folder, resets=False):
        super().__init__(daemon=True)
        self.words, self._unread, self._reset_wanted = "", b"", False
        self._folder, self._resets = pathlib.Path(folder), resets
        self._tail = Tail(self._folder / "int")
        self.options = ["-d", "int,cpu_reset", "-D", str(self._folder / "int"),
                        "-action", "reboot=shutdown,shutdown=pause",
                        "-qmp", f"unix:{self._folder}/watch,server=on,wait=off"]

    def run(self):
        self._link = self._connect()
        if not self._link:
            return
        try:
            self._reply()  # the greeting
            self._ask("qmp_capabilities")
            held = self._ask("query-status")["status"] == "shutdown"
            while held or self._guest_stops():
                held = self._attend()
        except (OSError, Gone):
            pass
        self._link.close()
        self._tail.close()

    def _connect(self):
        """QEMU's socket, or None if there is no QEMU; meanwhile nobody but we empties the pipe."""
        deadline = time.monotonic() + CONNECTING
        while time.monotonic() < deadline:
            link = socket.socket(socket.AF_UNIX)
            try:
                link.connect(f"{self._folder}/watch")
                return link
            except OSError:
                link.close()
            if select.select([self._tail], [], [], 0.05)[0] and self._tail.take() is None:
                return None
            time.sleep(0.01)
        return None

    def _ask(self, execute, **arguments):
        self._link.sendall(json.dumps({"execute": execute, "arguments": arguments}).encode() + b"\n")
        while True:
            reply = self._reply()
            if "return" in reply or "error" in reply:
                return reply.get("return", {})

    def _reply(self):
        """The next line of QMP; the pipe is emptied while it is waited for."""
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._link, self._tail], [], [])
            if self._tail in ready:
                self._tail.take()
            if self._link in ready:
                data = self._link.recv(65536)
                if not data:
                    raise Gone
                self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return json.loads(line)

    def _guest_stops(self):
        """Wait until the guest is held, by its own doing."""
        while True:
            reply = self._reply()
            if reply.get("event") == "SHUTDOWN" and reply["data"]["guest"]:
                self._reset_wanted = reply["data"]["reason"] == "guest-reset"
                return True

    def _attend(self):
        """A machine stands still: was it a triple fault?"""
        self._tail.take_all()
        crash = triple.crash_of_qemu(self._tail.text, self._monitor("info registers"))
        if crash:
            self.words = triple.words(crash, self._kernels(crash), self._read)
        if self.words or not (self._resets and self._reset_wanted):
            self._ask("quit")
        else:
            self._reset()
        return False

    def _reset(self):
        """What a reset does where nobody holds the machine."""
        self._ask("set-action", reboot="reset")
        self._ask("system_reset")
        while self._ask("query-status").get("status") == "shutdown":
            time.sleep(0.01)  # its main loop has to come by
        self._ask("set-action", reboot="shutdown")
        self._ask("cont")

    # -- the machine's memory --------------------------------------------------------------------

    def _monitor(self, line):
        return self._ask("human-monitor-command", **{"command-line": line}).replace("\r", "")

    def _read(self, address, size):
        said = re.search(r": 0x(\w+)", self._monitor(f"xp /1{'g' if size == 8 else 'w'}x {address:#x}"))
        return int(said[1], 16) if said else None

    def _kernels(self, crash):
        """Which kernel lies in memory: its first page tells, whatever state the CPU is in."""
        return [kernel for kernel in KERNELS if self._holds(kernel)] or triple.possible(crash)

    def _holds(self, kernel):
        if not kernel.elf.exists():
            return False
        start, expected = first_page(kernel.elf)
        with tempfile.NamedTemporaryFile(dir=self._folder) as file:
            self._ask("pmemsave", val=start, size=len(expected), filename=file.name)
            found = pathlib.Path(file.name).read_bytes()
        same = sum(map(int.__eq__, expected, found))
        return same >= SAME_IMAGE * len(expected)


# --- Bochs ---------------------------------------------------------------------------------------

class BochsWatch(threading.Thread):
    """
    Bochs writes its log into the pipe `path`; from there it goes to @log, without the lines that are
    there for triple.py only. After wait() all of it is there, and `words`.
    """

    def __init__(self, folder, log):
        super().__init__(daemon=True)
        self.words, self.path = "", str(pathlib.Path(folder) / "log")
        self._tail, self._log = Tail(self.path), log

    def run(self):
        unfinished = ""
        with open(self._log, "w", encoding="latin-1") as file:
            while select.select([self._tail], [], []) and (text := self._tail.take()) is not None:
                *lines, unfinished = (unfinished + text).split("\n")
                file.writelines(line + "\n" for line in lines if not CPU_DEBUG.match(line))
            file.write(unfinished)
        crash = triple.crash_of_bochs(self._tail.text)
        self.words = triple.words(crash) if crash else ""
        self._tail.close()
