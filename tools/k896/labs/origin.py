"""
Is a kernel under grading made of the student's own code, and does that keep to itself?

        sources   no .incbin: no compiler tells what that brings in
        .d files  the answers lie in the grader's own tree, one #include away, and other students' beside
        objects   nothing outside tests/ uses the grader's steps, adds commands or suites

What is left is code in ring 0 that searches memory for them.
"""

import os
import re
import subprocess

from ..kernels import ROOT
from .markers import FOLDERS

SPLICES = re.compile(r'\\\n|"\s*"')
UNSEEN = re.compile(r"\.?incbin|\.include")
# Tables that the linker collects, and the folders whose files may add to them.
TABLES = {".monitor_groups": ("monitor/", "tests/"), ".kunit_test_suites": ("tests/",)}


class Refused(Exception):
    """A submission that can not be graded; the message says why."""


def check_sources(files):
    """@files: {path: bytes}"""
    for path, content in files.items():
        found = UNSEEN.search(SPLICES.sub("", content.decode("utf-8", "replace")))
        if found:
            raise Refused(f"{path} has {found[0]}: send your own code")


def _prerequisites(rules):
    """What the object in a compiler's .d file was made of, as paths in the tree; the compiler's own as /usr/..."""
    first = rules.replace("\\\n", " ").splitlines()[0]
    paths = [os.path.normpath(os.path.join(ROOT, word)) for word in first.partition(": ")[2].split()]
    return [os.path.relpath(path, ROOT) if path.startswith(f"{ROOT}/") else path for path in paths]


def _check_includes(folder, layers, asked_for):
    """Only headers of the sources, and none that the student was to write."""
    homes = tuple(f"{home}/" for home in [*FOLDERS, "monitor", "tests", "/usr", *(os.path.relpath(each, ROOT)
                                                                                for each in (folder, layers))])
    for rules in folder.rglob("*.d"):
        source, *included = _prerequisites(rules.read_text())
        for path in included:
            if path in asked_for or path.endswith((".c", ".asm")) or not path.startswith(homes):
                source = source.partition("/student/")[2] or source
                raise Refused(f"{source} includes {path}: send your own code")


def _lines_of(*argv):
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def _check_tables(folder, objects):
    name = ""
    for line in _lines_of("objdump", "-h", *objects):
        if line.endswith("file format elf32-i386") or line.endswith("file format elf64-x86-64"):
            name = os.path.relpath(line.partition(":")[0], folder)
        for table, folders in TABLES.items():
            if f" {table} " in line and not name.startswith(folders):
                raise Refused(f"{name} adds to {table}, which is none of its business")


def _check_symbols(folder, objects):
    """What only the grader's steps define, nobody else uses."""
    steps = [path for path in objects if "/tests/extra/" in str(path)]
    defined = {line.split()[-1] for line in _lines_of("nm", "-g", "--defined-only", *steps) if " " in line}
    others = [path for path in objects if path not in steps]
    for line in _lines_of("nm", "-u", "-A", *others):
        path, _, symbol = line.rpartition(" ")
        if symbol in defined:
            raise Refused(f"{os.path.relpath(path.partition(':')[0], folder)} uses {symbol}, which is the grader's")


def check_kernel(folder, layers, asked_for):
    """@folder: where it was built, @layers: of these; @asked_for: paths of what the student was to write"""
    _check_includes(folder, layers, asked_for)
    objects = sorted(folder.rglob("*.o"))
    _check_tables(folder, objects)
    _check_symbols(folder, objects)
