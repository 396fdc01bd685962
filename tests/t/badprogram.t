#!/usr/bin/python3
"""
Files that are no programs, and ramdisks that are none: each gets a line that says what is wrong with
it, and leaves neither a task nor a frame behind.

        a good musl program --spoil()--> /bad/NAME --cpio--> ramdisk --> exec /bad/NAME
"""

import re
import shutil
import struct
import subprocess
import unittest

from k896 import KERNELS, Qemu, main
from k896.frames import in_use
from k896.kernels import BUILD

PT_LOAD, PT_INTERP = 1, 3


class Elf:
    """A program's bytes, with its headers open to change. Offsets differ between the classes."""

    EHDR = {32: {"type": (16, "H"), "machine": (18, "H"), "version": (20, "I"), "entry": (24, "I"),
                 "phoff": (28, "I"), "phentsize": (42, "H"), "phnum": (44, "H")},
            64: {"type": (16, "H"), "machine": (18, "H"), "version": (20, "I"), "entry": (24, "Q"),
                 "phoff": (32, "Q"), "phentsize": (54, "H"), "phnum": (56, "H")}}
    PHDR = {32: {"type": (0, "I"), "offset": (4, "I"), "vaddr": (8, "I"), "filesz": (16, "I"), "memsz": (20, "I"),
                 "flags": (24, "I"), "align": (28, "I")},
            64: {"type": (0, "I"), "offset": (8, "Q"), "vaddr": (16, "Q"), "filesz": (32, "Q"), "memsz": (40, "Q"),
                 "flags": (4, "I"), "align": (48, "Q")}}

    def __init__(self, data, bits):
        self.data, self.bits = bytearray(data), bits
        self.largest = (1 << bits) - 1

    def _field(self, table, name, base):
        offset, form = table[self.bits][name]
        return "<" + form, base + offset

    def get(self, name):
        return struct.unpack_from(*self._prefixed(self.EHDR, name, 0))[0]

    def _prefixed(self, table, name, base):
        form, offset = self._field(table, name, base)
        return form, self.data, offset

    def set(self, **fields):
        for name, value in fields.items():
            form, offset = self._field(self.EHDR, name, 0)
            struct.pack_into(form, self.data, offset, value)

    def header(self, index):
        return self.get("phoff") + index * self.get("phentsize")

    def segment(self, index, name):
        return struct.unpack_from(*self._prefixed(self.PHDR, name, self.header(index)))[0]

    def set_segment(self, index, **fields):
        for name, value in fields.items():
            form, offset = self._field(self.PHDR, name, self.header(index))
            struct.pack_into(form, self.data, offset, value)

    def loads(self):
        """The indices of what is loaded."""
        return [i for i in range(self.get("phnum")) if self.segment(i, "type") == PT_LOAD]


def first(elf, **fields):
    elf.set_segment(elf.loads()[0], **fields)


def overlap(elf):
    one, two = elf.loads()[:2]
    elf.set_segment(two, vaddr=elf.segment(one, "vaddr"), offset=elf.segment(one, "offset"))


def backwards(elf):
    one, two = elf.loads()[:2]
    swapped = [{name: elf.segment(i, name) for name in elf.PHDR[32]} for i in (two, one)]
    elf.set_segment(one, **swapped[0])
    elf.set_segment(two, **swapped[1])


def in_the_kernel(elf):
    """Where the kernel begins, whichever it is."""
    return 0xC0100000 if elf.bits == 32 else 0xFFFF888000100000


# What is done to a good program. All are refused, with a line in the log.
SPOILT = {
    "no-magic": lambda elf: elf.data.__setitem__(0, 0),
    "class": lambda elf: elf.data.__setitem__(4, 3 - elf.data[4]),
    "endian": lambda elf: elf.data.__setitem__(5, 2),
    "version": lambda elf: elf.data.__setitem__(6, 9),
    "machine": lambda elf: elf.set(machine=8),
    "object": lambda elf: elf.set(type=1),
    "core": lambda elf: elf.set(type=4),
    "phentsize": lambda elf: elf.set(phentsize=8),
    "phnum-0": lambda elf: elf.set(phnum=0),
    "phnum-many": lambda elf: elf.set(phnum=0xFFFF),
    "phoff-far": lambda elf: elf.set(phoff=1 << 30),
    "phoff-end": lambda elf: elf.set(phoff=elf.largest),
    "entry-kernel": lambda elf: elf.set(entry=in_the_kernel(elf)),
    "entry-0": lambda elf: elf.set(entry=0),
    "entry-data": lambda elf: elf.set(entry=elf.segment(elf.loads()[-1], "vaddr")),
    "no-load": lambda elf: [elf.set_segment(i, type=0) for i in elf.loads()],
    "overlap": overlap,
    "backwards": backwards,
    "filesz": lambda elf: first(elf, memsz=1),
    "filesz-far": lambda elf: first(elf, filesz=1 << 30, memsz=1 << 30),
    "filesz-end": lambda elf: first(elf, filesz=elf.largest, memsz=elf.largest),
    "memsz-end": lambda elf: first(elf, memsz=elf.largest),
    "offset-far": lambda elf: first(elf, offset=1 << 30),
    "offset-end": lambda elf: first(elf, offset=elf.largest & ~0xFFF),
    "vaddr-kernel": lambda elf: first(elf, vaddr=in_the_kernel(elf)),
    "vaddr-0": lambda elf: first(elf, vaddr=0),
    "vaddr-end": lambda elf: first(elf, vaddr=elf.largest & ~0xFFF),
    "unaligned": lambda elf: first(elf, offset=elf.segment(elf.loads()[0], "offset") + 1),
    "interp": lambda elf: elf.set_segment(elf.get("phnum") - 1, type=PT_INTERP),
    "interp-far": lambda elf: elf.set_segment(elf.get("phnum") - 1, type=PT_INTERP, filesz=elf.largest, offset=elf.largest),
}

# Bytes that are left of it.
LENGTHS = [0, 1, 3, 4, 15, 16, 20, 40, 51, 52, 63, 64, 65, 83, 84, 120, 500, 4095, 4096, 4097, 20000]


def bad_files(kernel):
    """{name: contents} of all files that are no programs for @kernel."""
    arch = "x86_64" if kernel.bits == 64 else "i386"
    other = "i386" if kernel.bits == 64 else "x86_64"
    good = (BUILD / "user" / f"{arch}-musl" / "programs").read_bytes()
    files = {f"cut-{length}": good[:length] for length in LENGTHS}
    for name, spoil in SPOILT.items():
        elf = Elf(good, kernel.bits)
        spoil(elf)
        files[name] = bytes(elf.data)
    files["other-arch"] = (BUILD / "user" / f"{other}-musl" / "programs").read_bytes()[:100000]
    files["script"] = b"#!/bin/sh\necho no\n"
    return files


def archive(folder, files):
    """A newc cpio of @files under /bad, and one good program."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bad").mkdir(parents=True)
    for name, contents in files.items():
        path = folder / "bad" / name
        path.write_bytes(contents)
        path.chmod(0o755)
    names = "\n".join(["bad", *(f"bad/{name}" for name in files)])
    result = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], input=names.encode(), cwd=folder,
                            stdout=subprocess.PIPE, check=True)
    shutil.rmtree(folder)
    return result.stdout


class BadPrograms(unittest.TestCase):
    def image(self, kernel, name, contents):
        folder = BUILD / "logs" / "badprogram"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{kernel.name}-{name}.cpio"
        path.write_bytes(contents)
        self.addCleanup(lambda: path.unlink(missing_ok=True))
        return path

    def state(self, machine):
        """What must be the same afterwards: frames in use, and tasks."""
        return in_use(machine), re.findall(r"(?m)^ +(\d+) .*", machine.command("ps"))

    def refuses(self, machine, name):
        said = machine.command(f"exec /bad/{name}")
        self.assertRegex(said, rf"(?m)^exec: /bad/{name}: [ -~]+; not started$", machine.blame("no reason"))
        self.assertRegex(said, rf"(?m)^exec: /bad/{name}: (not|the)\b", machine.blame("no verdict"))
        self.assertRegex(machine.command("check"), "(?m)^check: clean", machine.blame(name))

    def test_files_that_are_no_programs(self):
        for kernel in KERNELS:
            files = bad_files(kernel)
            path = self.image(kernel, "elf", archive(BUILD / "logs" / "badprogram" / kernel.name, files))
            with Qemu(kernel, "64M", kernel.old_cpu, "", [path], name=f"{kernel.name}-elf") as machine:
                machine.boot()
                for name in list(files)[:3]:  # the first fill the caches
                    self.refuses(machine, name)
                before = self.state(machine)
                for name in files:
                    with self.subTest(f"{kernel.name} {name}"):
                        self.refuses(machine, name)
                self.assertEqual(self.state(machine), before, machine.blame("frames or tasks"))
                machine.power_off()

    def spoilt_archives(self, kernel):
        good = kernel.initrd.read_bytes()
        size_of_second = good.index(b"070701", 6) + 54  # c_filesize of the second header
        yield "cut in a header", good[:200]
        yield "cut in contents", good[:300000]
        yield "empty", b""
        yield "one byte", b"0"
        yield "zeroes", bytes(10000)
        yield "old format", b"070707" + good[6:]
        yield "no hex", good[:50] + b"xxxxxxxx" + good[58:]
        yield "size", good[:size_of_second] + b"FFFFFFFF" + good[size_of_second + 8:]
        yield "name size", good[:94] + b"FFFFFFFF" + good[102:]
        yield "name size 0", good[:94] + b"00000000" + good[102:]
        yield "no trailer", good[:good.rindex(b"070701")]
        yield "zipped", b"\x1f\x8b\x08" + bytes(1000)

    def test_ramdisks_that_are_none(self):
        for kernel in KERNELS:
            for name, contents in self.spoilt_archives(kernel):
                with self.subTest(f"{kernel.name} {name}"):
                    path = self.image(kernel, name.replace(" ", "-"), contents)
                    with Qemu(kernel, "64M", kernel.old_cpu, "", [path] if contents else [],
                              name=f"{kernel.name}-cpio-{name}") as machine:
                        log = machine.boot()
                        if contents:
                            self.assertRegex(log, r"(?m)^ramdisk: ", machine.blame("not a word"))
                        self.assertRegex(machine.command("check"), "(?m)^check: clean", machine.blame(name))
                        self.assertRegex(machine.command("exec /bin/nothing"), r"exec: /bin/nothing: ")
                        machine.power_off()


main()
