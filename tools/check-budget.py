#!/usr/bin/python3
"""
The line budget: the memory manager is to be read in a term, so its size is bounded, and so is the
length of its functions. Prints a table; status 1 if a bound is broken.
"""

import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_LINES = 8000
MAX_MEDIAN = 14
LONG = 45
MAX_LONG_SHARE = 0.10

# The memory manager: what is counted. Of the asm headers, those that describe tables and layout.
COUNTED = {
    "mm": ["mm/*.[ch]"],
    "include/mm": ["include/mm/*.h"],
    "arch/i386/mm": ["arch/i386/mm/*", "arch/x86/mm/*"],
    "asm headers": [f"arch/{arch}/include/asm/{name}*.h" for arch in ("i386", "x86")
                    for name in ("fixmap", "highmem", "kmap_types", "layout", "page", "pgalloc",
                                 "pgtable", "tlbflush")],
}
# Instruments, which the manager itself does without.
NOT_COUNTED = {"mm/check.c", "mm/slub_check.c", "mm/check_window.c", "mm/check_vma.c", "mm/check_mm.c",
               "mm/check_internal.h", "mm/fault_inject.c", "include/mm/check.h",
               "include/mm/check_mm.h", "include/mm/check_vma.h", "include/mm/check_window.h",
               "include/mm/fault_inject.h"}
# Whose functions are measured: the whole kernel.
KERNEL = ["lib", "kernel", "mm", "drivers", "fs", "process", "monitor", "arch", "init"]

STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|//[^\n]*', re.S)


def without_comments(path):
    text = path.read_text()
    if path.suffix in (".asm", ".inc"):
        return re.sub(r";.*", "", text)
    return STRING_OR_COMMENT.sub(
        lambda m: "\n" * m[0].count("\n") if m[0].startswith("/") else m[0], text)


def lines_of_code(path):
    return sum(1 for line in without_comments(path).splitlines() if line.strip())


def counted_files(patterns):
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if str(path.relative_to(ROOT)) not in NOT_COUNTED)


def function_lengths(paths):
    """[(lines, "file:line function")], longest first."""
    tags = subprocess.run(["ctags", "-x", "--kinds-C=f", "--_xformat=%n %e %F %N", "-L", "-"],
                          input="\n".join(map(str, paths)), text=True, capture_output=True,
                          check=True, cwd=ROOT).stdout.splitlines()
    rows = (tag.split(maxsplit=3) for tag in tags)
    return sorted(((int(end) - int(start) + 1, f"{pathlib.Path(file).relative_to(ROOT)}:{start} {name}")
                   for start, end, file, name in rows), reverse=True)


def report_functions(title, paths):
    """Prints a row about the functions of @paths; returns what is wrong with them."""
    lengths = function_lengths(paths)
    if not lengths:
        return [f"{title}: no functions found"]
    median = statistics.median(lines for lines, _ in lengths)
    too_long = [(lines, where) for lines, where in lengths if lines >= LONG]
    share = len(too_long) / len(lengths)
    print(f"{title:22} {len(lengths):5} functions, median {median:g}, {share:.0%} of {LONG} lines or more")
    for lines, where in too_long:
        print(f"{'':22} {lines:5} {where}")
    faults = []
    if median > MAX_MEDIAN:
        faults.append(f"{title}: the median function has {median:g} lines, more than {MAX_MEDIAN}")
    if share > MAX_LONG_SHARE:
        faults.append(f"{title}: {share:.0%} of the functions have {LONG} lines or more")
    return faults


def main():
    total, manager = 0, []
    for title, patterns in COUNTED.items():
        files = counted_files(patterns)
        lines = sum(map(lines_of_code, files))
        print(f"{title:22} {lines:5} lines of code in {len(files)} files")
        total += lines
        manager += files
    print(f"{'memory manager':22} {total:5} of {MAX_LINES}")
    faults = [] if total <= MAX_LINES else [f"the memory manager has {total} lines, more than {MAX_LINES}"]
    if not total:
        faults.append("no line of code found")
    whole = [path for folder in KERNEL for path in sorted((ROOT / folder).rglob("*.c"))]
    faults += report_functions("its functions", [path for path in manager if path.suffix == ".c"])
    faults += report_functions("the kernel's functions", whole)
    for fault in faults:
        print(f"check-budget: {fault}")
    return bool(faults)


sys.exit(main())
