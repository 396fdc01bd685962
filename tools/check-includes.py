#!/usr/bin/python3
"""
The rule of the house: a folder includes what stands above it, never what stands
below, so that each can be read with only what was read before.

Prints FILE:LINE and the rule for each include that points downwards; status 1 if there is one.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# From the ground up. Folders in one row may include each other.
STOREYS = [["lib"], ["asm"], ["kernel"], ["mm"], ["drivers", "fs"], ["process"], ["monitor"],
           ["arch"], ["init"], ["user"], ["tests"]]
RANK = {folder: rank for rank, row in enumerate(STOREYS) for folder in row}

# What runs in ring 3 includes nothing of the kernel's, only its own and the C library's.
RING_3 = "user"

# Made by the build, of assembler and C: constants, which belong to nobody.
GENERATED = {"generated"}

INCLUDE = re.compile(r"""^\s*(?:\#|%)\s*include\s+[<"]([^>"]+)[>"]""")


def folder_of(path):
    """Which storey a source file lives on."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "arch":
        return "asm" if "include" in parts else "arch"
    return parts[1] if parts[0] == "include" else parts[0]


def sources():
    for folder in ["include", *RANK]:
        for path in sorted((ROOT / folder).rglob("*")):
            # What runs on the host is no part of the house.
            if path.suffix in (".c", ".h", ".asm", ".inc", ".S") and "host" not in path.parts:
                yield path


def judge(path):
    """The offences of one file, as lines of the report."""
    here = folder_of(path)
    if here not in RANK:
        yield f"{path.relative_to(ROOT)}: {here}/ is on no storey of the house"
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match or (path.parent / match[1]).exists():  # of its own folder
            continue
        there = match[1].split("/")[0]
        where = f"{path.relative_to(ROOT)}:{number}"
        if here == RING_3:
            if there in RANK:
                yield f"{where}: a program must not include the kernel's <{match[1]}>"
        elif there not in RANK and there not in GENERATED and "/" in match[1]:
            yield f"{where}: <{match[1]}>: {there}/ is on no storey of the house"
        elif RANK.get(there, 0) > RANK[here]:
            yield f"{where}: {here}/ stands above {there}/ and must not include <{match[1]}>"


offences = [offence for path in sources() for offence in judge(path)]
print("\n".join(offences) or "include graph: every include points upwards")
sys.exit(bool(offences))
