#!/usr/bin/python3
"""
`make bench`: what things cost, in instructions: the clock counts them, the same in every run.

        kernel    --> # SLUG
                      PB|title|ops|batches|min|median|mean|max    in hundredths
        a program --> UB|...                                      the same, seen from ring 3
                  --> build/bench.json  {conditions, rows: [{slug, title, kernel, median, mean,
                                                             flushes, target}]}

FILTER= picks rows whose slug contains one of its words. The targets are in tools/targets.json, by
title: a quarter below the best of three generations of Linux.
"""

import json
import os
import re
import sys
from typing import NamedTuple

from k896 import I386, I386_PAE, OK, X86_64, Kernel, Qemu
from k896.kernels import BUILD, ROOT

LINE = re.compile(r"^# (\S+)\n(?:PB|UB)\|([^|]+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)(?:\|(\d+))?$",
                  re.MULTILINE)


# In place of a slug: the program user/bench.c, all its rows.
PROGRAM = "/bin/musl/bench"


class Run(NamedTuple):
    """One boot with `bench`, or with a program that measures, and a power-off after the last row."""
    slug: str  # of the only row to run; empty: all
    kernel: Kernel
    mem: str
    cpu: str


RUNS = [
    Run("boot", I386, "64M", "pentium3"),
    Run("boot", I386, "2G", "pentium3"),
    Run("boot", I386_PAE, "61G", "max"),
    Run("lowmem-gone", I386, "64M", "pentium3"),
    Run("lowmem-gone", I386, "2G", "pentium3"),
    Run("lowmem-gone", I386_PAE, "61G", "max"),
    Run("", I386, "2G", "pentium3"),
    Run("", I386_PAE, "2G", "pentium3"),
    Run(PROGRAM, I386, "2G", "pentium3"),
    Run(PROGRAM, I386_PAE, "2G", "pentium3"),
    Run("boot", X86_64, "64M", "qemu64"),
    Run("boot", X86_64, "61G", "max"),
    Run("lowmem-gone", X86_64, "2G", "qemu64"),
    Run("", X86_64, "2G", "qemu64"),
    Run(PROGRAM, X86_64, "2G", "core2duo"),
]

TARGETS = json.loads((ROOT / "tools/targets.json").read_text())

# PAE may cost more than two levels: so much, or so many instructions for its wider entries.
PAE_FACTOR, PAE_EXTRA = 1.12, 8


def rows_of(run):
    bench = f"bench={run.slug}" if run.slug else "bench"
    modules = []
    if run.slug == PROGRAM:
        bench, modules = f"init={PROGRAM}", [run.kernel.initrd]
    with Qemu(run.kernel, run.mem, run.cpu, bench, modules, counted=True, vga="none") as machine:
        machine.wait_for(OK, timeout=600)
        lines = LINE.findall(machine.text)
        if not lines:
            machine.fail(f"no row of {bench}")
        for slug, title, _ops, _batches, _least, median, mean, _most, flushes in lines:
            yield {"slug": slug, "title": title, "kernel": run.kernel.name, "mem": run.mem,
                   "median": int(median) / 100, "mean": int(mean) / 100,
                   "flushes": int(flushes) / 100 if flushes else None}


def cost(row):
    """Work that is put off and paid later shows in the mean: then that counts."""
    return row["mean"] if row["mean"] > 1.02 * row["median"] else row["median"]


def target_of(row, rows):
    if row["kernel"] == I386.name:
        return TARGETS.get(row["title"])
    if row["kernel"] != I386_PAE.name:
        return None
    twin = next((other for other in rows if other["kernel"] == I386.name and
                 (other["slug"], other["mem"]) == (row["slug"], row["mem"])), None)
    return round(max(cost(twin) * PAE_FACTOR, cost(twin) + PAE_EXTRA), 2) if twin else None


def show(row):
    target, verdict = "", ""
    if row["target"] is not None:
        target = f"{row['target']:,.2f}"
        verdict = "" if cost(row) <= row["target"] else "  over"
    print(f"{row['kernel']:9} {row['mem']:>4} {row['title'][:68]:68} {cost(row):16,.2f} {target:>14}{verdict}",
          flush=True)


def main():
    words = os.environ.get("FILTER", "").split()
    rows = []
    print(f"{'kernel':9} {'RAM':>4} {'row':68} {'instructions':>16} {'target':>14}")
    for run in RUNS:
        for row in rows_of(run):
            row["target"] = target_of(row, rows)
            rows.append(row)
            if not words or any(word in row["slug"] for word in words):
                show(row)
    if words and not any(word in row["slug"] for word in words for row in rows):
        print(f"bench: FILTER={' '.join(words)} picks no row; slugs: {' '.join(sorted({row['slug'] for row in rows}))}",
              file=sys.stderr)
        return 1
    conditions = {"emulator": "qemu-system-i386 -accel tcg -smp 1 -machine pc -nodefaults",
                  "clock": "-icount shift=0,align=off,sleep=off",
                  "machines": [f"{run.kernel.name} -m {run.mem} -cpu {run.cpu}" for run in RUNS]}
    (BUILD / "bench.json").write_text(json.dumps({"conditions": conditions, "rows": rows}, indent=1))
    return 0


sys.exit(main())
