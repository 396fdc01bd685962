#!/usr/bin/python3
"""
A triple fault is told in words on the host: which exception, where, and where the walk ended.

Each fault is made by a few instructions that take the place of a function in a copy of the kernel:
`fault null` runs them, or, in head.asm, the boot does.
"""

import contextlib
import os
import re
import select
import signal
import subprocess
import unittest

from k896 import I386, I386_PAE, ISO, KERNELS, ROOT, X86_64, Bochs, Failure, Qemu, main, tier
from k896.elf import segments
from k896.kernels import BUILD
from k896.machine import HANG

FOLDER = BUILD / "logs" / "triple"
VICTIM, COMMAND = "fault_null", "fault null"

NO_IDT = "lidt [no_idt]"
TABLES = "no_idt: dw 0\n dq 0\nlost_idt: dw 0xfff\n dq {guard:#x}\n"

# Where a walk ends, in a machine with 64 MB: level -> address. A name is a symbol's.
ENDS = {
    I386: {"PGD": 0x00400000, "PTE": "init_stack_guard"},
    I386_PAE: {"PGD": 0x00400000, "PMD": 0xC4200000, "PTE": "init_stack_guard"},
    X86_64: {"PGD": 0x00400000, "PUD": 0xFFFF888040000000, "PMD": 0xFFFF888008000000, "PTE": "init_stack_guard"},
}


def broken(kernel, function, code):
    """A copy of @kernel with @code in the place of @function; returns (file, offset of the code, its bytes)."""
    symbols = kernel.symbols()
    path = FOLDER / f"{kernel.name}-{function}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".asm").write_text(
        f"bits {kernel.bits}\ndefault rel\norg {symbols[function]:#x}\n{code}\n"
        + TABLES.format(guard=symbols["init_stack_guard"]))
    subprocess.run(["nasm", "-f", "bin", "-o", path.with_suffix(".bin"), path.with_suffix(".asm")], check=True)
    new = path.with_suffix(".bin").read_bytes()
    old = kernel.elf.read_bytes()
    at = next(part.offset + symbols[function] - part.address for part in segments(kernel.elf)
              if part.address <= symbols[function] < part.address + part.size)
    path.with_suffix(".elf").write_bytes(old[:at] + new + old[at + len(new):])
    return path.with_suffix(".elf"), at, new


def on_disc(kernel, function, code):
    """The disc image with such a kernel on it: the page with @function is found by its bytes."""
    _, at, new = broken(kernel, function, code)
    page = kernel.elf.read_bytes()[at & ~0xFFF:][:0x1000]
    disc = bytearray(ISO.read_bytes())
    assert disc.count(page) == 1
    start = disc.index(page) + (at & 0xFFF)
    disc[start:start + len(new)] = new
    path = FOLDER / f"{kernel.name}-{function}.iso"
    path.write_bytes(disc)
    return path


def touching(kernel, address, write=False):
    """Code that loses the IDT and reads, or writes, at @address."""
    register = "rax" if kernel.bits == 64 else "eax"
    access = f"mov [{register}], eax" if write else f"mov eax, [{register}]"
    return f"{NO_IDT}\nmov {register}, {address:#x}\n{access}\n"


def address_of(kernel, where):
    return kernel.symbols()[where] if isinstance(where, str) else where


def lines_of(path, function):
    """The first and the last line of @function in C, or of what follows its label in assembly."""
    text = (ROOT / path).read_text()
    body = re.search(rf"^static void {function}\(void\)\n\{{(?s:.*?)^\}}|^{function}:\n(?s:.*?)\n", text, re.MULTILINE)
    return text.count("\n", 0, body.start()) + 1, text.count("\n", 0, body.end()) + 1


class Told(unittest.TestCase):
    def words(self, machine, command=COMMAND):
        """What the failure of a test says behind the machine's own last words."""
        with machine, self.assertRaises(Failure) as caught:
            machine.boot(timeout=300)
            machine.command(command, timeout=300)
        return str(caught.exception).partition("triple fault: ")[2]

    def places(self, words, kernel, path, function):
        """The first line of @words names @function of @kernel, a line of it, and an address in it."""
        said = re.match(rf".* in {function}(?:\.\w+)?\+0x(\w+) \({path}:(\d+)\) of the {kernel.name} kernel, at (0x\w+)",
                        words)
        self.assertTrue(said, words)
        first, last = lines_of(path, function)
        self.assertTrue(first <= int(said[2]) <= last, f"{first} {last} {words}")
        start = kernel.symbols()[function]
        self.assertIn(int(said[3], 16), [base + int(said[1], 16) for base in (start, start - kernel.start_kernel_map)])

    def of_page_fault(self, words, kernel, address, access, ending):
        self.places(words, kernel, "monitor/break.c", VICTIM)
        self.assertRegex(words, rf"^page fault \(#PF\) .*: {access} {address:#010x}\b.*, ring 0, {ending}\n")
        self.assertRegex(words, r"(?s)#GP\): the IDT ends before its entry 14.*hence a double fault"
                                r".*#GP\): the IDT ends before its entry 8")


class InQemu(Told):
    def in_qemu(self, kernel, code, function=VICTIM, name=""):
        path, *_ = broken(kernel, function, code)
        return self.words(Qemu(path, "64M", "max", system=kernel.system, name=f"{kernel.name}-{name}"))

    def test_page_fault_without_an_idt_names_the_level_of_each_walk(self):
        for kernel, ends in ENDS.items():
            for level, where in ends.items():
                with self.subTest(f"{kernel.name} {level}"):
                    address = address_of(kernel, where)
                    words = self.in_qemu(kernel, touching(kernel, address), name=level)
                    self.of_page_fault(words, kernel, address, "read of", f"the walk fails at the {level}")
                    self.assertRegex(words, rf"walk of {address:#010x}: .*{level.lower()}\[\d+\] 0x\w* -> not present$")

    def test_write_to_text_is_forbidden_by_its_entry(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                address = kernel.symbols()["start_kernel"]
                words = self.in_qemu(kernel, touching(kernel, address, write=True), name="write")
                self.of_page_fault(words, kernel, address, "write to", "the PTE forbids it")

    def test_an_idt_that_is_not_mapped_is_named_by_its_entries(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                words = self.in_qemu(kernel, "lidt [lost_idt]\nud2\n", name="lost-idt")
                self.places(words, kernel, "monitor/break.c", VICTIM)
                self.assertRegex(words, r"^invalid opcode \(#UD\)")
                guard, entry = kernel.symbols()["init_stack_guard"], 16 if kernel.bits == 64 else 8
                for vector in 6, 14, 8:
                    self.assertRegex(words, rf"{guard + vector * entry:#x} \(entry {vector} of the IDT\).*fails at the PTE")

    def test_first_instructions_before_paging_and_before_the_idt(self):
        for kernel in KERNELS:
            arch = "x86_64" if kernel.bits == 64 else "i386"
            for function in "check_cpu", "drop_low_mapping":
                with self.subTest(f"{kernel.name} {function}"):
                    words = self.in_qemu(kernel, "ud2\n", function, name=function)
                    self.assertRegex(words, r"^invalid opcode \(#UD\)")
                    self.places(words, kernel, f"arch/{arch}/boot/head.asm", function)


class Silence(unittest.TestCase):
    """What is no triple fault, or one that is meant."""

    def test_after_power_off_reset_and_panic(self):
        for kernel in KERNELS:
            for command in "poweroff", "reboot", "fault divide":
                with self.subTest(f"{kernel.name} {command}"):
                    with Qemu(kernel, "64M", "max", name=f"{kernel.name}-{command}") as machine:
                        machine.boot()
                        machine.send(command + "\r")
                        machine.wait()
                        self.assertEqual(machine.last_words(), "")

    def test_after_the_last_way_to_reset_a_machine_a_breakpoint_without_an_idt(self):
        for kernel in KERNELS:
            with self.subTest(kernel.name):
                path, *_ = broken(kernel, VICTIM, f"{NO_IDT}\nint3\n")
                with Qemu(path, "64M", "max", system=kernel.system, name=f"{kernel.name}-on-purpose") as machine:
                    machine.boot()
                    machine.send(COMMAND + "\r")
                    self.assertEqual(machine.wait(), 0)
                    self.assertEqual(machine.last_words(), "")


class ByHand(unittest.TestCase):
    """`make run`."""

    def run_disc(self, disc, *dialogue):
        """Answers each prompt with a line of @dialogue; returns (status, all that was said)."""
        said, lines = "", list(dialogue)
        run = subprocess.Popen([ROOT / "tools" / "run.sh", disc], env={**os.environ, "MEM": "64M"}, cwd=ROOT,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
        with run:
            while select.select([run.stdout], [], [], HANG)[0] and (data := os.read(run.stdout.fileno(), 65536)):
                said += data.decode("latin-1").replace("\r", "")
                if said.endswith("k896> ") and lines:
                    said += "\n"
                    run.stdin.write(lines.pop(0).encode() + b"\r")
                    run.stdin.flush()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGTERM)  # what hangs
            return run.wait(HANG), said

    def test_a_triple_fault_is_told_and_is_a_failure(self):
        address = I386.symbols()["init_stack_guard"]
        status, said = self.run_disc(on_disc(I386, VICTIM, touching(I386, address)), COMMAND)
        self.assertRegex(said, rf"(?m)^triple fault: page fault \(#PF\) in {VICTIM}.*fails at the PTE$")
        self.assertEqual(status, 1)

    def test_a_reset_boots_again(self):
        status, said = self.run_disc(ISO, "reboot", "poweroff")
        self.assertEqual(said.count("you are inside the kernel"), 2, said)
        self.assertNotIn("triple fault", said)
        self.assertEqual(status, 0)


@unittest.skipUnless(tier(), "quick tier")
class InBochs(Told):
    def test_page_fault_names_the_level_of_its_walk(self):
        for level, where in ENDS[I386].items():
            with self.subTest(level):
                address = address_of(I386, where)
                disc = on_disc(I386, VICTIM, touching(I386, address))
                words = self.words(Bochs(disc, 64, name=f"bochs-{level}"))
                self.of_page_fault(words, I386, address, "read of", f"the walk fails at the {level}")


main()
