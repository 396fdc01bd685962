#!/usr/bin/python3
"""
`make bench`: what things cost, in instructions: the clock counts them, the same in every run.

        kernel --> PB|title|ops|batches|min|median|mean|max    in hundredths
               --> build/bench.json  {conditions, rows: [{slug, title, kernel, median, mean, flushes,
                                                          target}]}
"""

import json
import re
import sys
from typing import NamedTuple

from k896 import I386, I386_PAE, OK, Kernel, Qemu
from k896.kernels import BUILD

LINE = re.compile(r"^(?:PB|UB)\|([^|]+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)(?:\|(\d+))?$",
                  re.MULTILINE)


class Run(NamedTuple):
    """One boot with bench=SLUG, which powers off after the last row."""
    slug: str
    kernel: Kernel
    mem: str
    cpu: str


RUNS = [
    Run("boot", I386, "64M", "pentium3"),
    Run("boot", I386, "2G", "pentium3"),
    Run("boot", I386_PAE, "61G", "max"),
]

# By slug; rows without one are for the eye.
TARGETS = {}


def slug_of(title):
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def rows_of(run):
    with Qemu(run.kernel, run.mem, run.cpu, f"bench={run.slug}", counted=True, vga="none") as machine:
        machine.wait_for(OK, timeout=300)
        lines = LINE.findall(machine.text)
        if not lines:
            machine.fail(f"no row of bench={run.slug}")
        for title, _ops, _batches, _least, median, mean, _most, flushes in lines:
            slug = f"{slug_of(title)}-{run.mem}"
            yield {"slug": slug, "title": f"{title}, {run.mem}", "kernel": run.kernel.name,
                   "median": int(median) / 100, "mean": int(mean) / 100,
                   "flushes": int(flushes) / 100 if flushes else None, "target": TARGETS.get(slug)}


def show(row):
    target = f"{row['target']:14,.2f}" if row["target"] is not None else f"{'':14}"
    print(f"{row['kernel']:10} {row['title']:52} {row['median']:18,.2f} {target}")


def main():
    rows = []
    print(f"{'kernel':10} {'row':52} {'median':>18} {'target':>14}")
    for run in RUNS:
        for row in rows_of(run):
            show(row)
            rows.append(row)
    conditions = {"emulator": "qemu-system-i386 -accel tcg -smp 1 -machine pc -nodefaults",
                  "clock": "-icount shift=0,align=off,sleep=off",
                  "machines": [f"{run.kernel.name} -m {run.mem} -cpu {run.cpu}" for run in RUNS]}
    (BUILD / "bench.json").write_text(json.dumps({"conditions": conditions, "rows": rows}, indent=1))
    return 0


sys.exit(main())
