#!/usr/bin/python3
"""
Programs in ring 3: each of user/ runs on the host's own Linux, and in all three kernels, as glibc
and as musl link it; and every frame is free again after it.
"""

import os
import re
import subprocess
import unittest

from k896 import FAILED, I386, KERNELS, OK, ROOT, Qemu, main, tier
from k896.frames import in_use
from k896.kernels import BUILD

# All but bench, which wants a counted clock, and those that want all memory there is.
PROGRAMS = ["hello", "exec", "malloc_storm", "fork_chain", "segv", "stack_growth", "brk", "mmap", "tls",
            "fpu", "pipe", "signals", "files", "badsys", "hygiene", "thousand", "cow"]
FOLDERS = ["/bin", "/bin/musl"]
NOBODY = 65534

# Run before anything is counted: so many tasks that as many stacks are kept for the next as ever will be.
FIRST = "/bin/musl/fork_chain"


def program_paths():
    return [f"{folder}/{program}" for folder in FOLDERS for program in PROGRAMS] + ["/bin/hello-pie"]


def boot(kernel, mem="64M", append="", **more):
    if mem == "64M" and kernel.has_highmem:
        append = f"highmem=32M {append}"
    return Qemu(kernel, mem, kernel.old_cpu, append, [kernel.initrd], **more)


class Host(unittest.TestCase):
    """What fails here is the program's mistake, not the kernel's."""

    def test_programs_are_ordinary_ones(self):
        for arch in ("i386", "x86_64"):
            for libc in ("glibc", "musl"):
                for program in PROGRAMS:
                    with self.subTest(f"{arch} {libc} {program}"):
                        self.runs(BUILD / "user" / f"{arch}-{libc}" / program,
                                  [str(BUILD / "user" / f"root-{arch}" / "root")] * (program == "files"))

    def runs(self, path, args):
        # Root may map page 0.
        user = {"user": NOBODY, "group": NOBODY} if os.getuid() == 0 else {}
        result = subprocess.run([str(path), *args], capture_output=True, text=True, timeout=120, **user)
        self.assertEqual(result.returncode, 0, result.stderr)


class Programs(unittest.TestCase):
    def run_program(self, machine, line, end="exit 0", timeout=300):
        path = line.split()[0]
        said = machine.command(f"exec {line}", timeout)
        self.assertRegex(said, rf"(?m)^exec: {path}: {end}$", machine.blame(line))
        return said

    def is_clean(self, machine):
        self.assertRegex(machine.command("check", 300), r"(?m)^check: clean", machine.blame("check"))

    def test_each_runs_and_leaves_no_frame_behind(self):
        for kernel in KERNELS:
            with boot(kernel, name=f"{kernel.name}-programs") as machine:
                machine.boot()
                self.run_program(machine, FIRST)
                before = in_use(machine)
                for path in program_paths():
                    with self.subTest(f"{kernel.name} {path}"):
                        self.run_program(machine, path)
                        self.is_clean(machine)
                self.assertEqual(in_use(machine), before, machine.blame("frames"))
                machine.power_off()

    def test_a_process_of_1536_mb_is_in_high_memory(self):
        for kernel in KERNELS if tier() else [I386]:
            with self.subTest(kernel.name), boot(kernel, "2G", name=f"{kernel.name}-big") as machine:
                machine.boot()
                self.run_program(machine, FIRST)
                before = in_use(machine)
                machine.send("exec /bin/musl/big hold &\r")
                pid = int(machine.expect(r"exec: /bin/musl/big: runs as (\d+)")[1])
                machine.expect(r"big: 1536 MB", 300)
                during = machine.command("meminfo")
                if kernel.has_highmem:
                    free = int(re.search(r"HighFree: +(\d+) kB", during)[1])
                    self.assertLess(free, 16 << 10, machine.blame("high memory is not in use"))
                self.assertRegex(machine.command("ps"), rf"(?m)^ +{pid} .* 157\d{{4}} ")
                self.is_clean(machine)
                machine.send(f"kill {pid}\r")
                machine.expect("exec: /bin/musl/big: killed by SIGTERM")
                self.is_clean(machine)
                self.assertEqual(in_use(machine), before, machine.blame("frames"))
                machine.power_off()

    def test_without_memory_the_fattest_goes_and_the_system_stays(self):
        for kernel in KERNELS:
            for mem in ("64M", "2G") if tier() else ("64M",):
                with self.subTest(f"{kernel.name} {mem}"), boot(kernel, mem, name=f"{kernel.name}-{mem}-oom") as machine:
                    machine.boot()
                    self.run_program(machine, FIRST)
                    said = self.run_program(machine, "/bin/musl/oom")
                    self.assertEqual(len(re.findall(r"Out of memory: killed process \d+ \(oom\)", said)), 3,
                                     machine.blame("not one victim for each try"))
                    before = in_use(machine)
                    self.run_program(machine, "/bin/musl/oom")
                    self.assertEqual(in_use(machine), before, machine.blame("frames"))
                    self.run_program(machine, "/bin/hello")
                    self.is_clean(machine)
                    machine.power_off()


class Init(unittest.TestCase):
    def test_a_program_as_pid_1_powers_off_with_its_verdict(self):
        for kernel in KERNELS:
            for path, status in (("/bin/hello", OK), ("/bin/musl/bench", FAILED)):
                with self.subTest(f"{kernel.name} {path}"), boot(kernel, append=f"init={path}") as machine:
                    machine.wait_for(status)
                    self.assertIn("pid 1 on" if status == OK else "does not count instructions", machine.text)

    def test_one_that_is_not_there_leads_to_the_monitor(self):
        for kernel in KERNELS:
            for path in ("/bin/nothing", "/etc/motd", "/bin", "bin/../../..", "x" * 200):
                with self.subTest(f"{kernel.name} {path[:20]}"), boot(kernel, append=f"init={path}") as machine:
                    self.assertRegex(machine.boot(), r"(?m)^(init: .*; starting the monitor|.*init=)",
                                     machine.blame("no word about it"))
                    self.assertRegex(machine.command("check"), "(?m)^check: clean")
                    machine.power_off()


class Disc(unittest.TestCase):
    def test_the_disc_brings_its_programs(self):
        subprocess.run(["make", "--no-print-directory", "build/run.iso", "APPEND=init=/bin/hello"], cwd=ROOT,
                       check=True, stdout=subprocess.DEVNULL)
        with Qemu(BUILD / "run.iso", "64M", "max", name="disc") as machine:
            machine.wait_for(OK)
            self.assertIn("hello from pid 1", machine.text)


main()
