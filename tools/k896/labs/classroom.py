"""
`make grade-all`: a folder of submissions, one folder for each student.

        submissions/ada/...  --+                              +--> build/grade-all-08/ada/report.txt,
        submissions/ben/...  --+--> workers, each with        |        results.json, junit.xml
        ...                    |    kernels of its own,       |
                               |    each submission in a      +--> build/grade-all-08/grades.csv
                               |    sandbox

Whatever a submission does, it has a row: its points and, if nothing was run, the reason. The rows are
written as they come, and whoever has points already for the same files is not graded again: it goes
on where it was stopped.
"""

import csv
import json
import os
import queue
import shutil
import sys
import threading
import time

from ..kernels import BUILD, KERNELS, ROOT
from . import build, sandbox
from .folder import Lab, Mistake, relative
from .ledger import fingerprint, sum_of

WORKERS = os.cpu_count() or 2
SECONDS = 1800  # for one submission; the first of a worker builds whole kernels


class Submission:
    def __init__(self, folder, out):
        self.folder, self.out = folder, out
        self.name = folder.name
        self.points, self.reason, self.results = 0.0, "", {}

    def read_results(self, output):
        """What the sandbox left behind, checked: its score and those of its criteria."""
        path = self.out / "results.json"
        try:
            results = json.loads(path.read_text())
            self.points = results["score"]
            self.results = {test["number"]: test["score"] for test in results["tests"]}
            self.reason = "" if self.points else results["output"]
        except (OSError, ValueError, KeyError, TypeError):
            self.reason = "no result: " + " ".join(output.split())[-200:]


def plain(text):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


class Classroom:
    def __init__(self, number, seed, extra, out):
        self.lab = Lab(number, seed)
        self.criteria = self.lab.criteria(extra)
        self.extra = extra
        self.out = out
        self.fingerprint = fingerprint(self.lab)
        self.todo = queue.Queue()
        self.done = []
        self.total = 0
        self.lock = threading.Lock()

    def _argv(self, submission, worker):
        argv = [ROOT / "tools/lab.py", "grade", self.lab.number, "--work", submission.folder,
                "--out", submission.out, "--jobs", "1", "--worker", worker]
        argv += ["--seed", self.lab.seed] if self.lab.seed is not None else []
        return argv + (["--extra", self.extra] if self.extra else [])

    def _writable(self, submission, worker):
        """The folders that lab.py grade --worker writes to."""
        variant = "-".join(["", "grade", self.lab.number, *([self.lab.seed] if self.lab.seed else []), worker])
        return [submission.out, BUILD / variant.strip("-"), *(BUILD / (kernel.name + variant) for kernel in KERNELS)]

    @staticmethod
    def _hidden(submission):
        """Answers, and what other students sent."""
        class_folder = submission.folder.parent
        return [*ROOT.glob("labs/*/solution"), *ROOT.glob("labs/*/wrong"), *ROOT.glob("work/"),
                *([class_folder] if ROOT in class_folder.parents else [])]

    def _sum(self, submission):
        """Of all that its points depend on; Refused if its files cannot be taken."""
        files = build.collect(self.lab, submission.folder)
        hidden = [(str(path), path.read_bytes()) for path in sorted(self.extra.rglob("*")) if path.is_file()
                  ] if self.extra else []
        return sum_of([("", f"{self.fingerprint} {self.lab.seed}".encode()), *sorted(files.items()), *hidden])

    def _grade(self, submission, worker):
        """Whoever was graded already, with the same files and by the same grader, keeps the points."""
        submission.out.mkdir(parents=True, exist_ok=True)
        kept, now = submission.out / "sum", self._sum(submission)
        output = ""
        if not kept.exists() or kept.read_text() != now:
            (submission.out / "results.json").unlink(missing_ok=True)
            output = self._run(submission, worker)
        submission.read_results(output)
        if submission.results:
            kept.write_text(now)

    def _run(self, submission, worker):
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "CCACHE_DISABLE": "1"}
        env.update((name, os.environ[name]) for name in ("PATH", "GRUB_DIR", "CROSS_COMPILE") if name in os.environ)
        readable = [submission.folder] + ([self.extra] if self.extra else [])
        _, output = sandbox.run(self._argv(submission, worker), readable, self._writable(submission, worker),
                                self._hidden(submission), SECONDS, env)
        return output

    def _work(self, worker):
        while True:
            try:
                submission = self.todo.get_nowait()
            except queue.Empty:
                return
            try:
                self._grade(submission, worker)
            except (OSError, build.Refused) as why:
                submission.reason = str(why)
            with self.lock:
                self.done.append(submission)
                self.write_csv()
                self._progress()

    def _progress(self):
        done, last = len(self.done), self.done[-1]
        bar = ("#" * (30 * done // self.total)).ljust(30, ".")
        print(f"[{bar}] {done} of {self.total}  {last.name}: {last.points:g} {' '.join(last.reason.split())[:80]}", flush=True)

    def _forget_others(self, folders):
        """Reports of whoever is not in this class would be given back by mistake."""
        names = {folder.name for folder in folders}
        for old in self.out.iterdir() if self.out.is_dir() else []:
            if old.is_dir() and old.name not in names:
                shutil.rmtree(old)

    def run(self, folders):
        self._forget_others(folders)
        self.total = len(folders)
        for folder in folders:
            self.todo.put(Submission(folder, self.out / folder.name))
        workers = [threading.Thread(target=self._work, args=(f"w{number}",)) for number in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def write_csv(self):
        path = self.out / "grades.csv"
        ids = [criterion.id for criterion in self.criteria]
        with path.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["student", "points", "of", *ids, "remark"])
            for each in sorted(self.done, key=lambda each: each.name):
                rows.writerow([plain(each.name), f"{each.points:g}", sum(row.points for row in self.criteria),
                               *(f"{each.results.get(id, 0):g}" for id in ids), plain(each.reason)])
        return path


def grade_all(number, submissions, extra=None, seed=None, out=None):
    if not submissions.is_dir():
        raise Mistake(f"DIR={submissions}: there is no such folder")
    folders = sorted(path for path in submissions.resolve().iterdir() if path.is_dir() or path.is_symlink())
    if not folders:
        raise Mistake(f"DIR={submissions}: there is no folder of a student in it")
    start = time.monotonic()
    room = Classroom(number, seed, extra and extra.resolve(), (out or BUILD / f"grade-all-{number}").resolve())
    print(f"{room.lab}: {len(folders)} submissions, {WORKERS} at a time, each {sandbox.describe()}")
    print("The first of each worker takes minutes: it builds whole kernels.")
    sys.stdout.flush()
    room.run(folders)
    path = room.write_csv()
    print(f"{relative(path)}: {len(folders)} submissions in {time.monotonic() - start:.0f} s, {sandbox.describe()}")
    return 0
