#!/usr/bin/python3
"""
`make picture`: boots a machine, looks at it at every stop of the tour, and writes one page that draws it.

        picture.py KERNEL [FILE]        KERNEL: i386, i386-pae, x86_64; MEM=, APPEND= in the environment

        QEMU + gdb --> moments.py --> agree.py --> owners.py --> one HTML file
                       look            check        who has       page.html, style.css, *.js, D3, data:
                                                    each frame    opens from disk, asks no network

Most parts are the same at one moment as at the next: each value is written down once.
"""

import json
import os
import pathlib
import re
import sys

from agree import LEVELS, Disagreement
from held import Held
from k896 import KERNELS, Failure, leave_on_signals
from k896.kernels import BUILD
from moments import Journey
from owners import with_owners

HERE = pathlib.Path(__file__).resolve().parent
D3 = pathlib.Path("/usr/share/nodejs/d3/dist/d3.min.js")
SCRIPTS = ["words.js", "band.js", "cpu.js", "physical.js", "virtual.js", "tree.js", "window.js", "buddy.js", "slabs.js",
           "processes.js", "page.js"]


UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
LARGEST = 16 << 30  # at each stop gdb reads a struct page for each frame


def mem_option():
    """MEM as QEMU takes it; a number alone is megabytes."""
    mem = os.environ.get("MEM") or "2G"
    size = re.fullmatch(r"(\d+)([KMGT]?)", mem)
    if not size:
        raise SystemExit(f"make picture: MEM={mem} is no size: say 64M, 2G ...")
    if int(size[1]) << UNITS[size[2] or "M"] > LARGEST:
        raise SystemExit(f"make picture: MEM={mem} is too much to draw, frame by frame: at most {LARGEST >> 30}G")
    return mem if size[2] else mem + "M"


def interned(moments):
    """(moments, values): parts by their number in values."""
    values, numbers = [], {}

    def number(value):
        key = json.dumps(value, separators=(",", ":"))
        if key not in numbers:
            numbers[key] = len(values)
            values.append(value)
        return numbers[key]
    return [{**moment._asdict(), "facts": {part: number(value) for part, value in moment.facts.items()}}
            for moment in moments], values


def data_of(kernel, mem, append, moments):
    rows, values = interned(moments)
    return {"kernel": kernel.name, "mem": mem, "append": append, "bits": kernel.bits,
            "entryBits": 64 if kernel.pae else 32, "levels": LEVELS[kernel.levels],
            "highmem": kernel.has_highmem, "moments": rows, "values": values}


def page(data):
    """The file: everything that the template names, put in its place."""
    # "</script>" in a string would end the script that it stands in.
    text = json.dumps(data, separators=(",", ":")).replace("</", "<\\/")
    parts = {"style.css": (HERE / "style.css").read_text(), "d3": D3.read_text(), "data": text,
             "scripts": "\n".join((HERE / name).read_text() for name in SCRIPTS),
             "machine": f"{data['kernel']}, {data['mem']}"}
    return re.sub(r"\{\{([\w.]+)\}\}", lambda name: parts[name[1]], (HERE / "page.html").read_text())


def main():
    leave_on_signals()
    kernel = next(kernel for kernel in KERNELS if kernel.name == sys.argv[1])
    path = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else BUILD / "picture.html"
    mem, append = mem_option(), os.environ.get("APPEND", "")
    try:
        with Held(kernel, mem, append) as machine:
            journey = Journey(machine, lambda title: print(f"  LOOK    {title}", flush=True))
            moments = [moment._replace(facts=with_owners(kernel, moment.facts)) for moment in journey.moments()]
    except Failure as failure:
        return f"make picture: {failure}"
    except Disagreement as difference:
        return f"make picture: two views of the same machine differ; no picture. {difference}"
    path.write_text(page(data_of(kernel, mem, append, moments)))
    print(f"{path.relative_to(pathlib.Path.cwd()) if path.is_relative_to(pathlib.Path.cwd()) else path}: "
          f"{path.stat().st_size >> 10} KB, {len(moments)} moments; open it in a browser")
    return None


if __name__ == "__main__":
    sys.exit(main())
