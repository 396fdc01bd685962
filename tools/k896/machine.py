"""
A running emulator, whichever it is: its serial line, its log, and its end.

        emulator --serial line--> reader thread --+--> build/logs/TEST/MACHINE.log   as it came
                                                  +--> text for expect()             without CR, CSI
        expect(), command(), wait()   all give up after a while with a Failure that names the log

qemu.py and bochs.py start one and say what else it can do.
"""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

from .kernels import BUILD, ROOT

PROMPT = "k896> "

# The status of QEMU's isa-debug-exit for the two values that the kernel writes (2 * value + 1).
OK = 33
FAILED = 35

# Seconds of silence after which a machine hangs. Generous: two emulators share slow cores, and
# nothing waits so long unless something is broken.
HANG = 60

# Cursor movements and colours: noise to a test.
CSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")
UNFINISHED_CSI = re.compile(r"\r?\x1b(\[[0-9;?]*)?\Z|\r\Z")
ERASE_LINE = "\r\x1b[K"  # the prompt gives way to what is said meanwhile


class Failure(AssertionError):
    """A machine did not do what it was asked; the message names its log."""


def leave_on_signals():
    """Let SIGTERM and SIGHUP end this program as Ctrl-C does: its machines are closed."""
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda number, frame: sys.exit(128 + number))


class Machine:
    # More characters than this on the serial line are a flood, and end the machine. None: read all.
    most_output = None

    def __init__(self, name):
        test = pathlib.Path(sys.argv[0]).stem or "python"
        folder = BUILD / "logs" / test
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.log = folder / (re.sub(r"[^\w.=-]+", "_", name) + ".log")
        self.run_dir = tempfile.TemporaryDirectory(prefix="k896-")
        self.text = ""
        self.position = 0  # expect() has consumed the text up to here
        self.process = None
        self.echo = None   # a descriptor that gets what comes out of the serial line, too
        self._news = threading.Condition()
        self._closed = False

    # -- life ----------------------------------------------------------------------------------

    def _start(self, argv, **popen):
        """Run the emulator; what it was started with heads the log."""
        self._log_file = open(self.log, "wb", buffering=0)
        self._log_file.write(f"$ {shlex.join(map(str, argv))}\n".encode())
        self.process = subprocess.Popen([str(word) for word in argv], cwd=ROOT, **popen)

    def _read_serial(self, fd):
        """From now on what comes out of @fd is the serial line."""
        self._reader = threading.Thread(target=self._reader_loop, args=(fd,), daemon=True)
        self._reader.start()

    def _reader_loop(self, fd):
        pending = ""
        while True:
            try:
                data = os.read(fd, 65536)
            except OSError:  # a pty whose other end is closed
                data = b""
            if not data:
                break
            if self.most_output and len(self.text) > self.most_output:
                self.process.kill()
                break
            self._log_file.write(data)
            if self.echo is not None:
                os.write(self.echo, data)
            pending += data.decode("latin-1")
            cut = UNFINISHED_CSI.search(pending)
            whole, pending = (pending[:cut.start()], cut[0]) if cut else (pending, "")
            with self._news:
                self._take(whole)
                self._news.notify_all()
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _take(self, data):
        first, *more = data.split(ERASE_LINE)
        self.text += CSI.sub("", first)
        for part in more:
            self.text = self.text[:self.text.rfind("\n") + 1] + CSI.sub("", part)
        self.position = min(self.position, len(self.text))

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            self._end_of_input()
            self._reader.join(HANG)
            self._log_file.close()
        self.run_dir.cleanup()

    def _end_of_input(self):
        """The emulator is dead; make the reader thread see it too."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    # -- talking -------------------------------------------------------------------------------

    def expect(self, pattern, timeout=HANG):
        """Wait until @pattern (a regular expression) appears; returns the match."""
        regex = re.compile(pattern, re.MULTILINE)
        match = self._until(lambda: regex.search(self.text, self.position), repr(pattern), timeout)
        self.position = match.end()
        return match

    def _until(self, found, what, timeout):
        """Wait until found(), asked whenever there is more text, is true; returns that."""
        deadline = time.monotonic() + timeout
        with self._news:
            while not (result := found()):
                if self._closed:
                    self.fail(f"ended before {what} came (status {self._status()})")
                left = deadline - time.monotonic()
                if left <= 0:
                    self.fail(f"hangs: {timeout} s without {what}")
                self._news.wait(min(left, 1))
                if self.process.poll() is not None:
                    self._end_of_input()
        return result

    def send(self, text):
        """Type @text on the serial line."""
        raise NotImplementedError

    def boot(self, timeout=HANG):
        """Wait for the first prompt; returns the boot log."""
        return self.answer(timeout)

    def command(self, line, timeout=HANG):
        """Run one monitor command; returns what it printed."""
        self.send(line + "\r")
        self.expect(r"\n", timeout)
        return self.answer(timeout)

    def answer(self, timeout=HANG):
        """The text from here to the next prompt, which is at the end: long texts are not searched."""
        start = self.position
        self._until(lambda: len(self.text) > start and self.text.endswith("\n" + PROMPT), repr(PROMPT), timeout)
        self.position = len(self.text)
        return self.text[start:self.position - len(PROMPT)]

    # -- the end -------------------------------------------------------------------------------

    def wait(self, timeout=HANG):
        """Wait for the emulator's end; returns its verdict: OK, FAILED or another status."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.fail(f"hangs: still running after {timeout} s")
        self._end_of_input()
        self._reader.join(HANG)
        return self._status()

    def _status(self):
        return self.process.wait(HANG)

    def wait_for(self, status, timeout=HANG):
        """Wait for the end and demand that it is @status."""
        got = self.wait(timeout)
        if got != status:
            self.fail(f"ended with status {got}, not {status}")

    def power_off(self):
        self.send("poweroff\r")
        self.wait_for(OK)

    def fail(self, what):
        raise Failure(self.blame(what))

    def blame(self, what):
        """@what, the log's name and its last lines, a triple fault in words: the message of a failed assertion."""
        tail = "\n".join([*self.text.splitlines()[-12:], *self.last_words().splitlines()])
        return f"{self.name}: {what}; log: {self.log.relative_to(ROOT)}; it ends:\n{tail}"

    def last_words(self):
        """What the emulator had to say for a CPU that gave up; see triple.py."""
        return ""
