#!/usr/bin/python3
"""gdb's commands for the kernel tell what the machine holds, from the first instruction on."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from k896 import I386, KERNELS, ROOT, X86_64, main, tier

HANG = 120

TRIED = [I386] if tier() == "quick" else KERNELS

QUIET = {"K896_SERIAL": "null", "MEM": "64M", "APPEND": "highmem=32M"}


def gdb(kernel, *commands):
    """What gdb prints for commands given at the kernel's first instruction."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.writelines(f"""
try:
    gdb.execute({command!r})
except gdb.error as error:
    print(error)
""" for command in commands)
        script.flush()
        done = subprocess.run([ROOT / "tools" / "gdb.sh", kernel.name, "-batch", "-x", script.name],
                              cwd=ROOT, env=dict(os.environ, **QUIET), timeout=HANG, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    return done.stdout


class Gdb(unittest.TestCase):
    def found(self, pattern, text):
        match = re.search(pattern, text, re.M)
        self.assertTrue(match, f"nothing like {pattern} in:\n{text}")
        return match

    def test_source_lines_from_the_first_instruction_across_the_switch_to_paging(self):
        for kernel in TRIED:
            with self.subTest(kernel=kernel.name):
                text = gdb(kernel, "printf \"PG %d\\n\", ($cr0 >> 31) & 1", "stepi", "hbreak start_kernel",
                           "continue", "printf \"PG %u\\n\", ($cr0 >> 31) & 1", "next", "info line")
                self.found(r"^Temporary breakpoint 1, startup_32 \(\) at .*boot/head.asm:\d+$", text)
                self.found(r"^PG 0$", text)
                self.found(r"^Breakpoint 2, start_kernel \(\) at init/main.c:\d+$", text)
                self.found(r"^PG 1$", text)

    def test_a_walk_before_paging_is_refused_and_one_after_it_is_right(self):
        for kernel in TRIED:
            with self.subTest(kernel=kernel.name):
                address = kernel.symbols()["start_kernel"]
                text = gdb(kernel, "k896 walk 0xc0100000", "hbreak start_kernel",
                           "continue", "k896 walk &start_kernel", "k896 walk 0x1000")
                self.found(r"paging is off: every address is physical", text)
                physical = int(self.found(r"^-> physical (0x\w+)$", text)[1], 16)
                self.assertEqual(physical, address - kernel.start_kernel_map)
                self.found(r"^-> not present$", text)

    def test_structures_read_as_the_machine_has_them(self):
        for kernel in TRIED:
            with self.subTest(kernel=kernel.name):
                text = gdb(kernel, "hbreak monitor_loop", "continue", "k896 layout", "k896 zones",
                           "k896 page 0x100", "k896 slabs", "k896 ps", "k896 kmaps", "k896 ptdump",
                           "k896 page 0x99999999", "k896 vmas 1", "k896 vmas 77", "k896 page")
                self.found(rf"^{kernel.page_offset:#x}-0x\w+  lowmem, \d+ KB$", text)
                self.found(r"^DMA +frames from 0x0, \d+ managed, \d+ free", text)
                self.found(r"^frame 0x100  physical 0x00100000  zone DMA\n  flags +PG_reserved", text)
                self.found(r"^kmalloc-64 +64 ", text)
                self.found(r"^\* +1  init ", text)
                self.found(rf"^{kernel.page_offset:#x}-0x\w+ -> 0x00000000  4 KB pages  P W", text)
                self.found(r"0x99999999 is no frame number", text)
                self.found(r"1 is a kernel thread", text)
                self.found(r"no task has the number 77", text)
                self.found(r"k896 page PFN: the struct page of a frame", text)
                if kernel is X86_64:
                    self.found(r"no highmem here", text)

    def test_json_has_what_there_is_by_then(self):
        for kernel in TRIED:
            with self.subTest(kernel=kernel.name), tempfile.TemporaryDirectory() as folder:
                names = [os.path.join(folder, name) for name in ("first", "paging_init", "monitor_loop")]
                gdb(kernel, f"k896 json {names[0]}", "hbreak paging_init", "continue", f"k896 json {names[1]}",
                    "hbreak monitor_loop", "continue", f"k896 json {names[2]}")
                first, early, late = (json.loads(pathlib.Path(name).read_text()) for name in names)
                self.assertEqual(list(first), ["registers"])
                self.assertIn("boot free", {kind for _, _, kind, _ in early["frames"]})
                self.assertNotIn("zones", early)
                zones = {zone["name"]: zone for zone in late["zones"]}
                self.assertEqual(sum(nr for _, nr, kind, _ in late["frames"] if kind == "free"),
                                 sum(zone["free"] for zone in zones.values()))
                self.assertEqual([task["comm"] for task in late["processes"]], ["swapper", "init"])


if __name__ == "__main__":
    main()
