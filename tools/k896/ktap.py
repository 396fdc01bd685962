"""Reads the KTAP that a kernel prints for `kunit=`: suites at the top, their cases indented."""

import re
from typing import NamedTuple


class Suite(NamedTuple):
    name: str
    ok: bool
    skipped: bool
    lines: list  # the cases and diagnostics above its result


class Report(NamedTuple):
    plan: int  # None if there is none
    suites: list

    def problem(self):
        """Why this report proves nothing, or None."""
        if self.plan is None:
            return "no KTAP plan"
        if not self.plan:
            return "a KTAP plan of no tests"
        if self.plan != len(self.suites):
            return f"{self.plan} suites planned, {len(self.suites)} reported"
        return None


RESULT = re.compile(r"(not )?ok (\d+) (?:- )?([^#\n]*?)(?:\s+# (.*))?$")


def parse(text):
    """The Report in @text, which starts at the line "KTAP version 1"."""
    plan, suites, lines = None, [], []
    start = re.search(r"^KTAP version 1$", text, re.MULTILINE)
    for line in text[start.end():].splitlines() if start else []:
        planned = re.fullmatch(r"1\.\.(\d+)", line)
        result = RESULT.fullmatch(line)
        if planned:
            plan = int(planned[1])
        elif result:
            skipped = (result[4] or "").upper().startswith("SKIP")
            suites.append(Suite(result[3], not result[1], skipped, lines))
            lines = []
        else:
            lines.append(line)
    return Report(plan, suites)
