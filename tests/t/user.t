#!/usr/bin/python3
"""
Programs in ring 3: each of user/ runs on the host's own Linux, and in all three kernels, as glibc
and as musl link it; and every frame is free again after it.
"""

import os
import re
import subprocess
import time
import unittest

from k896 import FAILED, I386, KERNELS, OK, PROMPT, ROOT, Qemu, main, tier
from k896.frames import in_use
from k896.kernels import BUILD

# All but bench, which wants a counted clock, those that want all there is, and those that end badly.
PROGRAMS = ["hello", "exec", "malloc_storm", "fork_chain", "segv", "stack_growth", "brk", "mmap", "tls",
            "fpu", "pipe", "signals", "group", "alarm", "old_calls", "files", "badsys", "hygiene", "thousand", "cow"]
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
                machine.expect(rf"^big: 1536 MB.*\n{PROMPT}\Z", 300)
                during = machine.command("meminfo")
                if kernel.has_highmem:
                    free = int(re.search(r"HighFree: +(\d+) kB", during)[1])
                    self.assertLess(free, 16 << 10, machine.blame("high memory is not in use"))
                self.assertRegex(machine.command("ps"), rf"(?m)^ +{pid} .* 157\d{{4}} ")
                self.is_clean(machine)
                machine.send(f"kill {pid}\r")
                machine.expect(rf"^exec: /bin/musl/big: killed by SIGTERM.*\n{PROMPT}\Z")
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


CTRL_C, CTRL_BACKSLASH = "\x03", "\x1c"
FULL = r"bomb: fork: Resource temporarily unavailable\n|bomb: fork: Out of memory\n"


def wait_until_gone(machine, program):
    """Whoever got a signal dies at his next turn."""
    for _ in range(20):
        time.sleep(0.5)
        machine.position = len(machine.text)  # the log's lines of those that died
        if program not in machine.command("ps"):
            return
    machine.fail(f"a process of {program} is left")


class Terminal(unittest.TestCase):
    """Keys that are signals, and whose the terminal is."""

    def test_a_program_ends_by_its_keys_whatever_it_ignores(self):
        for kernel in KERNELS:
            with boot(kernel, name=f"{kernel.name}-keys") as machine:
                machine.boot()
                for use, key, name, processes in (("read", CTRL_C, "SIGINT", 1), ("read", CTRL_BACKSLASH, "SIGQUIT", 1),
                                                  ("ignore", CTRL_C + CTRL_BACKSLASH * 3, "SIGKILL", 2),
                                                  ("raw", CTRL_BACKSLASH * 3, "SIGKILL", 2)):
                    with self.subTest(f"{kernel.name} {use} {name}"):
                        machine.send(f"exec /bin/keys {use}\r")
                        machine.expect(r"^keys: (reads|ignores)\n")
                        machine.send(key)
                        # A child ends before or after the monitor has its prompt back.
                        machine.expect(rf"(?s)(?=.*^exec: /bin/keys: killed by {name} at 0x)"
                                       rf"(.*?^keys\[\d+\]: killed by {name}){{{processes}}}.*^{PROMPT}\Z")
                wait_until_gone(machine, "keys")
                self.assertIn("thrice", machine.command("help exec"))
                machine.power_off()

    def test_two_quits_do_not_kill_and_other_keys_begin_anew(self):
        with boot(I386, name="two-quits") as machine:
            machine.boot()
            machine.send("exec /bin/keys ignore\r")
            machine.expect(r"^keys: ignores\n")
            machine.send((CTRL_BACKSLASH * 2 + CTRL_C) * 3)
            machine.expect(r"(\^\\\n\^\\\n\^C\n){3}")
            machine.send(CTRL_BACKSLASH * 3)
            machine.expect("^exec: /bin/keys: killed by SIGKILL")
            machine.power_off()

    def test_who_is_not_in_front_reads_nothing(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name), boot(kernel, name=f"{kernel.name}-background") as machine:
                machine.boot()
                machine.send("exec /bin/keys read &\r")
                machine.expect(r"^keys: (Input/output|I/O) error\n")
                machine.expect("^exec: /bin/keys: exit 0")
                # A child that was reading when its parent, in front, ended.
                machine.send("exec /bin/keys left\r")
                machine.expect(r"^keys: (Input/output|I/O) error\n")
                self.assertIn("MemTotal", machine.command("meminfo"))
                machine.power_off()

    def test_an_unfinished_line_goes_with_its_reader(self):
        with boot(I386, name="unfinished") as machine:
            machine.boot()
            machine.send("exec /bin/keys read\r")
            machine.expect(r"^keys: reads\n")
            machine.send("abc")
            machine.expect("^abc")
            machine.send(CTRL_C)
            machine.expect("^exec: /bin/keys: killed by SIGINT")
            machine.expect(rf"^{PROMPT}\Z")
            machine.send("exec /bin/keys read\r")
            machine.expect(r"^keys: reads\n")
            machine.send("x\r\x04")
            machine.expect(r"^keys: read 'x'\n")
            machine.expect("^exec: /bin/keys: exit 0")
            machine.power_off()

    def test_the_prompt_gives_way_and_comes_back(self):
        with boot(I386, name="prompt") as machine:
            machine.boot()
            machine.send("exec /bin/cow hold &\r")
            pid = int(machine.expect(r"^exec: /bin/cow: runs as (\d+)\n")[1])
            machine.expect(rf"^cow: shared: parent {pid} child {pid + 1} .*\n{PROMPT}\Z")
            machine.send(f"kill {pid}\r")
            machine.expect(rf"^exec: /bin/cow: killed by SIGTERM at 0x\w+\n{PROMPT}\Z")
            machine.power_off()


class ForkBomb(unittest.TestCase):
    def test_the_monitor_stays_and_ends_it(self):
        for kernel in KERNELS if tier() else [I386]:
            with boot(kernel, name=f"{kernel.name}-bomb") as machine:
                machine.boot()
                machine.command(f"exec {FIRST}")
                before = in_use(machine)
                for how in ("", "hide"):
                    with self.subTest(f"{kernel.name} {how} &"):
                        machine.send(f"exec /bin/musl/bomb {how} &\r")
                        group = machine.expect(r"bomb: group (\d+)\n")[1]
                        machine.expect(FULL)
                        machine.expect(rf"^{PROMPT}\Z")
                        self.assertRegex(machine.command("exec /bin/hello"), "exec: /bin/hello: exit 0")
                        machine.send(f"kill -{group} KILL\r")
                        machine.expect("^exec: /bin/musl/bomb: killed by SIGKILL")
                        wait_until_gone(machine, "bomb")
                with self.subTest(f"{kernel.name} Ctrl-C"):
                    machine.send("exec /bin/musl/bomb\r")
                    machine.expect(FULL)
                    machine.send(CTRL_C)
                    machine.expect("^exec: /bin/musl/bomb: killed by SIGINT")
                    machine.expect(rf"^{PROMPT}\Z")
                    wait_until_gone(machine, "bomb")
                self.assertRegex(machine.command("check"), "(?m)^check: clean")
                self.assertEqual(in_use(machine)[0], before[0], machine.blame("frames"))
                machine.power_off()


class Crashes(unittest.TestCase):
    """The line of the end has the address that it is about, the log's both."""

    WAYS = {"null": ("SIGSEGV", "write to 0x0+, not present", True), "call": ("SIGSEGV", "execution at|read of 0x0+", True),
            "opcode": ("SIGILL", "invalid opcode", False), "divide": ("SIGFPE", "divide error", False)}

    def test_where_it_struck(self):
        for kernel in KERNELS:
            with boot(kernel, name=f"{kernel.name}-crashes") as machine:
                machine.boot()
                for _ in range(4):  # more than a limited report would be said
                    for way, (name, words, at_null) in self.WAYS.items():
                        with self.subTest(f"{kernel.name} {way}"):
                            said = machine.command(f"exec /bin/musl/crash {way}")
                            log = re.search(rf"(?mi)^crash\[\d+\]: {name}: .*({words}).*, at [ER]IP 0x(\w+)$", said)
                            end = re.search(rf"(?m)^exec: /bin/musl/crash: killed by {name} at 0x(\w+)$", said)
                            self.assertTrue(log and end, machine.blame(way))
                            self.assertEqual(int(end[1], 16), 0 if at_null else int(log[2], 16), said)
                said = machine.command("exec /bin/musl/crash frame")
                self.assertRegex(said, r"sigreturn\(\) finds no frame of a signal on its stack at 0x", said)
                machine.power_off()


class Look(unittest.TestCase):
    def test_the_heap_is_a_mapping_of_its_own_from_start_brk_on(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name), boot(kernel, name=f"{kernel.name}-maps") as machine:
                machine.boot()
                machine.send("exec /bin/cow hold &\r")
                pid = machine.expect(r"cow: shared: parent (\d+) .*\n")[1]
                maps = machine.command(f"maps {pid}")
                self.assertEqual(len(re.findall(r"(?m)rw-p .* \[data\]$", maps)), 1, maps)
                self.assertEqual(len(re.findall(r"(?m)rw-p .* \[heap\]$", maps)), 1, maps)
                machine.power_off()

    def test_a_folder_is_called_so(self):
        with boot(I386, name="folder") as machine:
            machine.boot()
            self.assertIn("exec: /bin: a directory", machine.command("exec /bin"))
            machine.power_off()


class Init(unittest.TestCase):
    def test_a_program_as_pid_1_powers_off_with_its_verdict(self):
        for kernel in KERNELS:
            for path, status in (("/bin/hello", OK), ("/bin/musl/bench", FAILED)):
                with self.subTest(f"{kernel.name} {path}"), boot(kernel, append=f"init={path}") as machine:
                    machine.wait_for(status)
                    self.assertIn("pid 1 on" if status == OK else "does not count instructions", machine.text)

    def test_what_follows_two_dashes_is_for_it(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name), boot(kernel, append="init=/bin/hello -- one  panic=2 --") as machine:
                machine.wait_for(OK)
                for number, word in enumerate(["/bin/hello", "one", "panic=2", "--"]):
                    self.assertIn(f"argv[{number}] = {word}\n", machine.text)

    def test_one_that_is_not_there_is_a_panic(self):
        for kernel in KERNELS:
            for path in ("/bin/nothing", "/etc/motd", "/bin", "bin/../../.."):
                with self.subTest(f"{kernel.name} {path}"), boot(kernel, append=f"init={path}") as machine:
                    machine.wait_for(FAILED)
                    self.assertIn(f"No working init found: {path}: ", machine.text)

    def test_a_path_that_is_too_long_leads_to_the_monitor(self):
        with boot(I386, append=f"init={'x' * 200}") as machine:
            self.assertRegex(machine.boot(), r"params: 'init=x", machine.blame("no word about it"))
            machine.power_off()


class Disc(unittest.TestCase):
    def test_the_disc_brings_its_programs(self):
        subprocess.run(["make", "--no-print-directory", "build/run.iso", "APPEND=init=/bin/hello"], cwd=ROOT,
                       check=True, stdout=subprocess.DEVNULL)
        with Qemu(BUILD / "run.iso", "64M", "max", name="disc") as machine:
            machine.wait_for(OK)
            self.assertIn("hello from pid 1", machine.text)


main()
