"""A lab as data: what lies in labs/NN-name/, and which functions of the tree are its answers."""

import functools
import importlib.util
import json
import os
import pathlib
import random
import re
import subprocess
from typing import NamedTuple

from ..kernels import KERNELS, ROOT, VARIANT
from .machine import expect
from .markers import all_answers

LABS = ROOT / "labs"


class Mistake(Exception):
    """The command cannot be obeyed; the message says why."""


class MachineRow(NamedTuple):
    """"i386 64M highmem=32M": kernel, RAM, command line. "bochs i386 64M": in Bochs's debugger."""
    kernel: object
    mem: str
    append: str
    bochs: bool = False

    def __str__(self):
        return " ".join(filter(None, ["bochs" if self.bochs else "", self.kernel.name, self.mem, self.append]))


class Criterion(NamedTuple):
    id: str
    title: str      # a sentence: what holds
    points: int
    machines: list  # [MachineRow]; each has an equal share of the points
    function: str   # where to look first: a function, or a paper
    rule: str       # what the contract says
    hint: str       # what to type or look at
    check: object   # a function of a LabMachine
    seconds: int    # of silence that a step may take on a machine of the usual pace


def machine_row(text):
    words = text.split()
    bochs = words[0] == "bochs"
    kernel, mem, *append = words[bochs:]
    return MachineRow(next(each for each in KERNELS if each.name == kernel), mem, " ".join(append), bochs)


def load_checks(path):
    """The functions of a checks.py, by name."""
    if not path.exists():
        return {}
    spec = importlib.util.spec_from_file_location("checks_" + path.parent.name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


def suite_check(name):
    """A criterion of hidden tests: every case of an in-kernel suite passes."""
    return lambda machine: machine.suite(name)


def script_check(path):
    """The same for a boot test: t/NAME.t, which finds the kernels under grading as tests find theirs."""
    def check(machine):
        env = {**os.environ, "PYTHONPATH": str(ROOT / "tools"), "K896_VARIANT": VARIANT}
        result = subprocess.run([path], env=env, capture_output=True, text=True, check=False,
                                timeout=20 * machine.patience)
        failed = re.findall(r"^not ok \d+ (.*)", result.stdout, re.MULTILINE)
        expect(result.returncode == 0, f"{path.name}: failed: {', '.join(failed[:4]) or result.stderr[-200:]}")
    return check


class Lab:
    """@seed: None for the constants as they are in the tree, else another choice of them."""

    def __init__(self, number, seed=None):
        found = sorted(LABS.glob(f"{number}-*/"))
        if len(found) != 1:
            raise Mistake(f"N={number}: there is no such lab; there are: {' '.join(numbers())}")
        self.number, self.folder, self.seed = number, found[0], seed
        self.data = json.loads((self.folder / "lab.json").read_text())
        self.title, self.core, self.hours = (self.data[key] for key in ("title", "core", "hours"))
        self.answers = [answer for answer in all_answers() if number in answer.labs]
        self.files = sorted({answer.path for answer in self.answers})
        self.papers = self.data.get("papers", [])  # files of the lab's folder with blanks to fill in

    def __str__(self):
        return f"lab {self.number}: {self.title}"

    @property
    def words(self):
        """What stands for {name} in rubric and papers: the first that lab.json has for it, or with a seed any."""
        dice = random.Random(f"{self.number} {self.seed}") if self.seed is not None else None
        return {name: dice.choice(choices) if dice else choices[0]
                for name, choices in self.data.get("vary", {}).items()}

    def paper(self, name):
        """The text of one, as it is handed out."""
        return (self.folder / name).read_text().format(**self.words)

    def criteria(self, extra=None):
        """[Criterion] of the rubric, and of the folder @extra's if it has one."""
        rows = self._rubric(self.folder, load_checks(self.folder / "checks.py"))
        if extra and (extra / "rubric.json").exists():
            rows += self._rubric(extra, load_checks(extra / "checks.py"))
        return rows

    def _rubric(self, folder, checks):
        rows = []
        for row in json.loads((folder / "rubric.json").read_text()):
            check = self._check_of(row, folder, checks)
            machines = [machine_row(text.format(**self.words)) for text in row["machines"]]
            rows.append(Criterion(row["id"], row["title"], row["points"], machines, row["function"],
                                  row["rule"], row["hint"], check, row.get("seconds", 6)))
        return rows

    @staticmethod
    def _check_of(row, folder, checks):
        if "suite" in row:
            return suite_check(row["suite"])
        if "script" in row:
            return script_check(folder / row["script"])
        if row["check"] not in checks:
            raise Mistake(f"{folder.name}/rubric.json: {row['id']}: no check {row['check']!r} in checks.py")
        return checks[row["check"]]

    def tests(self, extra=None):
        """The grader's own suites and steps, to be compiled into the kernel."""
        folders = [LABS / "common", self.folder] + ([extra] if extra else [])
        return [path for folder in folders for pattern in ("*_test.c", "*.h")
                for path in sorted(folder.glob(pattern))]

    def varied(self, path, text):
        """@text of the tree's file @path with this seed's constants."""
        for row in self.data.get("constants", []) if self.seed is not None else []:
            if row["file"] == path:  # a handout has its constants already, and the line no more
                text = text.replace(row["line"], random.Random(f"{row['line']} {self.seed}").choice(row["choices"]))
        return text

    def varied_files(self):
        """{path: text} of the files that have other constants with this seed."""
        files = {row["file"]: (ROOT / row["file"]).read_text() for row in self.data.get("constants", [])}
        varied = {path: self.varied(path, text) for path, text in files.items()}
        return {path: text for path, text in varied.items() if text != files[path]}


@functools.cache
def numbers():
    return [path.name[:2] for path in sorted(LABS.glob("[0-9][0-9]-*/")) if (path / "lab.json").exists()]


def all_labs(seed=None):
    return [Lab(number, seed) for number in numbers()]


def _handout():
    note = LABS / "handout.json"
    return json.loads(note.read_text()) if note.exists() else {}


def handout_of():
    """The lab that is stubbed in this tree, if it is a handout; None in the reference."""
    return _handout().get("lab")


def handout_seed():
    return _handout().get("seed")


def relative(path):
    """As a person in the root of the tree would type it."""
    path = pathlib.Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
