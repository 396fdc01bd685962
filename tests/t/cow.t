#!/usr/bin/python3
"""
Copy-on-write, by frames and not by words: what the kernel says of parent and child (`walk`,
`pagemap`), what QEMU finds when it walks by itself, and what lies in the frames.

                         parent             child
    shared               A, read-only       A, read-only
    child wrote          A, read-only       B, writable
    parent wrote         A, writable        B, writable
"""

import re
import unittest
from typing import NamedTuple

from k896 import KERNELS, Qemu, main

BEFORE_FORK, BY_CHILD, BY_PARENT = 0x11111111, 0x22222222, 0x33333333
PAGE_SIZE = 4096


class Entry(NamedTuple):
    physical: int
    writable: bool
    users: int  # of the frame


class CowMachine:
    """A machine in which user/cow.c goes from stage to stage."""

    def __init__(self, machine, path):
        self.machine, self.path = machine, path
        machine.boot()
        machine.send(f"exec {path} hold &\r")
        said = self.expect_stage("shared")
        self.parent, self.child, self.page = int(said[1]), int(said[2]), int(said[3], 16)

    def expect_stage(self, name):
        return self.machine.expect(rf"cow: {name}: parent (\d+) child (\d+) page 0x([0-9a-f]+)\n")

    def next_stage(self, name):
        self.machine.send(f"kill {self.parent} USR1\r")
        self.expect_stage(name)

    def finish(self):
        self.machine.send(f"kill {self.parent} USR1\r")
        self.machine.expect(rf"exec: {self.path}: exit 0\n")

    def entry(self, pid):
        """How @pid has the page, as two commands say."""
        walk = self.machine.command(f"walk {self.page:#x} {pid}")
        found = re.search(r"-> physical 0x([0-9a-f]+), 4 KB page, r(.)", walk)
        for line in self.machine.command(f"pagemap {pid}").splitlines():
            run = re.match(r" +0x([0-9a-f]+)-0x([0-9a-f]+) +\d+ +frame 0x([0-9a-f]+) .*? (\d+) users? ", line)
            if found and run and int(run[1], 16) <= self.page < int(run[2], 16):
                physical = int(run[3], 16) * PAGE_SIZE + self.page - int(run[1], 16)
                if physical == int(found[1], 16):
                    return Entry(physical, found[2] == "w", int(run[4]))
        self.machine.fail(f"walk and pagemap of {pid} do not agree on {self.page:#x}:\n{walk}")

    def contents(self, physical):
        """The words of a frame, each once."""
        dump = self.machine.hmp(f"xp /{PAGE_SIZE // 4}wx {physical:#x}")
        return {int(word, 16) for line in dump.splitlines() for word in line.split(":")[1].split()}

    def walked_by_qemu(self):
        """Through CR3, which is that of the program that ran last: kernel threads leave it there."""
        return int(re.search("gpa: (.*)", self.machine.hmp(f"gva2gpa {self.page:#x}"))[1], 16)


class CopyOnWrite(unittest.TestCase):
    def demand(self, cow, parent, child, words):
        found = cow.entry(cow.parent), cow.entry(cow.child)
        self.assertEqual(found, (parent, child), cow.machine.blame("entries of parent and child"))
        self.assertEqual([cow.contents(entry.physical) for entry in found], [{word} for word in words])
        self.assertEqual(cow.walked_by_qemu(), parent.physical, cow.machine.blame("QEMU's walk"))
        self.assertRegex(cow.machine.command("check"), "(?m)^check: clean", cow.machine.blame("check"))

    def goes_through_the_stages(self, cow):
        shared = cow.entry(cow.parent).physical
        entry = Entry(shared, False, 2)
        self.demand(cow, entry, entry, [BEFORE_FORK, BEFORE_FORK])
        cow.next_stage("child wrote")
        child = Entry(cow.entry(cow.child).physical, True, 1)
        self.assertNotEqual(child.physical, shared)
        self.demand(cow, Entry(shared, False, 1), child, [BEFORE_FORK, BY_CHILD])
        cow.next_stage("parent wrote")
        self.demand(cow, Entry(shared, True, 1), child, [BY_PARENT, BY_CHILD])
        cow.finish()

    def test_frames_are_shared_until_written(self):
        for kernel in KERNELS:
            for path in ("/bin/cow", "/bin/musl/cow"):
                with self.subTest(f"{kernel.name} {path}"):
                    append = "highmem=32M" if kernel.has_highmem else ""
                    with Qemu(kernel, "64M", kernel.old_cpu, append, [kernel.initrd],
                              name=f"{kernel.name}{path.replace('/', '-')}") as machine:
                        self.goes_through_the_stages(CowMachine(machine, path))
                        machine.power_off()


main()
