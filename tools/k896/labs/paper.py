"""
What a student read off in the debugger, and handed in: a line for each question.

        # CR3 when paging is on
        cr3 = 0x0010_1000            # the physical address of swapper_pg_dir

Numbers count as numbers, however they are written: 0x101000, 00000000_00101000 as Bochs prints it,
1052672. One without 0x may be meant either way.
"""

import re

from .machine import expect

LINE = re.compile(r"\s*([a-z]\w*)\s*=([^#]*)")
GAPS = re.compile(r"[\s_,']")
SHOWN = 40  # characters of an answer that makes no sense


def readings(text):
    """The numbers that @text may mean: none, one or two."""
    text = GAPS.sub("", text).lower()
    bases = [16] if text.startswith("0x") else [10, 16]
    found = set()
    for base in bases:
        try:
            found.add(int(text, base))
        except ValueError:  # no number of that base
            pass
    return found


class Paper:
    """@files: {name: bytes of what was handed in, or None if it was not}"""

    def __init__(self, files):
        self.name, self.answers = ", ".join(files), {}
        self.there = any(content is not None for content in files.values())
        for content in files.values():
            for line in (content or b"").decode("utf-8", "replace").splitlines():
                if match := LINE.match(line):
                    self.answers.setdefault(match[1], []).append(match[2].strip())

    def _complaint(self, question, fact):
        """What is wrong with the answer, without telling the right one; or None."""
        given = [answer for answer in self.answers.get(question, []) if answer]
        if not given:
            return f"{question}: nothing is filled in"
        if len(given) > 1:
            return f"{question}: is filled in {len(given)} times"
        if not readings(given[0]):
            return f"{question}: {given[0][:SHOWN]!r} is no number; write 0x... or a decimal one, without a unit"
        return None if fact in readings(given[0]) else f"{question}: {given[0][:SHOWN]} it is not"

    def expect(self, facts):
        """@facts: {question: number}, as they are in this machine; Wrong names each answer that is not so."""
        expect(self.there, f"there is no {self.name}")
        complaints = [complaint for question, fact in facts.items() if (complaint := self._complaint(question, fact))]
        expect(not complaints, f"{self.name}: {'; '.join(complaints)}")
