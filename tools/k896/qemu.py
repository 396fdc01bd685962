"""QEMU: boots a kernel by -kernel or a disc image, and answers questions about the machine."""

import json
import os
import re
import socket
import subprocess
import time

from .kernels import Kernel
from .machine import HANG, Machine
from .watch import QemuWatch

# Everything the guest sees, and nothing by accident: the machine of every test and measure.
BARE = ["-accel", "tcg", "-smp", "1", "-machine", "pc", "-nodefaults", "-no-user-config",
        "-display", "none"]

# How the kernel ends the emulator with a status.
EXIT_DEVICE = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]

# The TSC counts instructions, the same number in every run.
COUNTED = ["-icount", "shift=0,align=off,sleep=off", "-rtc", "base=2020-01-01T00:00:00,clock=vm"]

KEYS = {" ": "spc", "\n": "ret", "\b": "backspace", "\t": "tab", "-": "minus", "=": "equal",
        ".": "dot", ",": "comma", "/": "slash"}


class Qemu(Machine):
    """
    @image: a Kernel (or the path of an ELF file), booted by -kernel; or the path of an .iso
    @mem: RAM, as for -m; more than the host has is fine as long as it is not touched
    @append: the command line; @modules: "FILE words", each one Multiboot module
    @counted: count instructions instead of time, see COUNTED
    @system: which qemu-system-; by default what the kernel needs
    @exit_device: without it the kernel stops where it would have ended the emulator
    @extra: more of QEMU's own options
    """

    def __init__(self, image, mem="64M", cpu=None, append="", modules=(), counted=False,
                 exit_device=True, vga="std", system=None, name=None, extra=()):
        path = str(image.elf if isinstance(image, Kernel) else image)
        kind = image.name if isinstance(image, Kernel) else os.path.basename(path)
        system = system or (image.system if isinstance(image, Kernel) else "i386")
        words = [kind, mem, cpu, append]
        super().__init__(name or "-".join(word for word in words if word)[:120])
        self._qmp = None
        self.qmp_path = self.run_dir.name + "/qmp"
        self.debugcon = self.log.with_suffix(".e9")
        argv = [f"qemu-system-{system}", *BARE, "-vga", vga, *self._memory(mem), *self._boot(path, append, modules)]
        if cpu:
            argv += ["-cpu", cpu]
        if counted:
            argv += COUNTED
        if exit_device:
            argv += EXIT_DEVICE
        # The serial line is QEMU's own standard input and output.
        argv += ["-chardev", "stdio,id=com1,signal=off", "-serial", "chardev:com1",
                 "-debugcon", f"file:{self.debugcon}",
                 "-qmp", f"unix:{self.qmp_path},server=on,wait=off"]
        self._watch = QemuWatch(self.run_dir.name)
        argv += [*self._watch.options, *extra]
        self._watch.start()
        self._start(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._read_serial(self.process.stdout.fileno())

    @staticmethod
    def _memory(mem):
        return ["-m", mem, "-object", f"memory-backend-ram,id=ram,size={mem},reserve=off",
                "-machine", "memory-backend=ram"]

    @staticmethod
    def _boot(path, append, modules):
        if path.endswith(".iso"):
            return ["-cdrom", path, "-boot", "d"]
        argv = ["-kernel", path, "-append", append]
        return argv + ["-initrd", ",".join(map(str, modules))] if modules else argv

    def send(self, text):
        try:
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            self.fail(f"ended before {text!r} could be sent (status {self._status()})")

    def last_words(self):
        if self.process.poll() is not None:
            self._watch.join(HANG)
        return self._watch.words

    def close(self):
        super().close()
        for end in (self._qmp, self.process.stdin, self.process.stdout):
            try:
                if end:
                    end.close()
            except BrokenPipeError:  # what was typed after the end
                pass

    # -- QEMU's own view of the machine ---------------------------------------------------------

    def qmp(self, execute, **arguments):
        """Run a QMP command; returns what it returns."""
        if not self._qmp:
            self._qmp = self._connect()
            self.qmp("qmp_capabilities")
        self._qmp.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self._qmp.flush()
        while True:
            line = self._qmp.readline()
            if not line:
                self.fail(f"QMP closed while answering {execute}")
            reply = json.loads(line)
            if "error" in reply:
                self.fail(f"QMP: {execute}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]

    def _connect(self):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(HANG)
        deadline = time.monotonic() + HANG
        while True:
            try:
                link.connect(self.qmp_path)
                break
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.fail(f"QMP: {error}")
                time.sleep(0.05)
        stream = link.makefile("rw", encoding="utf-8")
        link.close()  # the stream keeps it open
        stream.readline()  # the greeting
        return stream

    def hmp(self, line):
        """A command of QEMU's human monitor: `info tlb`, `xp /8wx 0x1000`, `sendkey ret` ..."""
        return self.qmp("human-monitor-command", **{"command-line": line}).replace("\r", "")

    def type_keys(self, text):
        """Type on the PS/2 keyboard."""
        for char in text:
            key = KEYS.get(char) or ("shift-" + char.lower() if char.isupper() else char)
            self.press(key)

    def press(self, key):
        # QEMU holds a key for 100 ms; the next one waits until it is up.
        self.hmp(f"sendkey {key} 20")
        time.sleep(0.06)

    def screen(self):
        """The 25 lines of the VGA text screen."""
        dump = self.hmp("xp /2000hx 0xb8000")
        cells = [int(cell, 16) for line in dump.splitlines() for cell in line.split(":")[1].split()]
        text = "".join(chr(cell & 0xff) if cell & 0xff >= 32 else " " for cell in cells)
        return [text[row:row + 80].rstrip() for row in range(0, 2000, 80)]

    def expect_on_screen(self, pattern, timeout=HANG):
        deadline = time.monotonic() + timeout
        while True:
            screen = "\n".join(self.screen())
            match = re.search(pattern, screen)
            if match:
                return match
            if time.monotonic() > deadline:
                self.fail(f"hangs: {timeout} s without {pattern!r} on the screen, which shows\n{screen}")
            time.sleep(0.1)
