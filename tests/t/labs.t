#!/usr/bin/python3
"""
Coursework: marks, rubrics, handouts, and submissions of every bad kind. Whether the graders are right
is a matter of many minutes for each lab: .ci/run takes samples, `make prove-labs` proves all of it.
"""

import contextlib
import functools
import io
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

from k896 import main, tier
from k896.kernels import BUILD, ROOT
from k896.labs import build, handout, ledger, prove, similar
from k896.labs.folder import Lab, Mistake, all_labs, handout_of, numbers
from k896.labs.machine import Wrong
from k896.labs.markers import BadMark, all_answers, answers_in, stubbed
from k896.labs.paper import Paper

SECTIONS = ["**", "## Begin", "## Background", "## Read, in this order", "## What you write", "## Steps",
            "## Look at it", "## Questions", "## If you are stuck"]


class Marks(unittest.TestCase):
    def test_each_stands_above_a_function_of_a_lab_that_exists(self):
        for answer in all_answers():
            with self.subTest(f"{answer.path} {answer.name}"):
                self.assertLessEqual(set(answer.labs), set(numbers()))
                self.assertGreater(answer.end, answer.start)

    def test_one_above_no_function_is_refused(self):
        for text in "/* Lab 08 */\n", "/* Lab 08 */\nint x;\n", "/* Lab 08 */\n/* words\n * more */\n#define X\n":
            with self.assertRaises(BadMark):
                answers_in("mm/x.c", text)

    def test_a_stub_keeps_comment_and_signature_and_nothing_of_the_body(self):
        text = ("#include <mm/mm.h>\n\n/* Lab 03, 08 */\n/* What it is for. */\n__landmark static int f(int a,\n"
                "\t\t int b)\n{\n\tif (a) {\n\t\treturn b;\n\t}\n\treturn 0;\n}\n\nint g(void)\n{\n\treturn 1;\n}\n")
        stub = stubbed("mm/x.c", text, ["08"])
        self.assertIn("/* What it is for. */\n__landmark static int f(int a,\n\t\t int b)\n{\n\tlab_todo(", stub)
        self.assertNotIn("return b", stub)
        self.assertIn("return 1", stub)
        self.assertEqual(stubbed("mm/x.c", stub, ["08"]), stub)
        self.assertEqual(stubbed("mm/x.c", text, ["05"]), text)

    def test_a_label_in_assembly_reaches_to_the_next_in_column_0(self):
        text = ('%include "boot.inc"\n; Lab 02\n; In: EAX.\nfill:\n        mov eax, 1\n\n%ifdef X\n.next:\n%endif\n'
                '        ret\n\n; More.\nrest:\n        ret\n')
        stub = stubbed("arch/i386/boot/x.asm", text, ["02"])
        self.assertIn('fill:\n        lab_todo "02", "fill"\n\n; More.\nrest:\n        ret\n', stub)
        self.assertIn('%include "boot.inc"\n%include "lab.inc"', stub)


class Folders(unittest.TestCase):
    def test_each_lab_is_complete(self):
        for lab in all_labs():
            with self.subTest(str(lab)):
                criteria = lab.criteria()
                ids = [each.id for each in criteria]
                self.assertEqual(len(ids), len(set(ids)))
                self.assertEqual(sum(each.points for each in criteria), 100)
                self.assertTrue(lab.answers)
                text = (lab.folder / "README.md").read_text()
                self.assertEqual([], [words for words in SECTIONS if words not in text])
                for each in criteria:
                    self.assertIn(each.function, {answer.name for answer in lab.answers} | set(lab.papers), each.id)

    def test_the_instructors_table_says_what_each_lab_has(self):
        text = (ROOT / "docs/instructor.md").read_text()
        for lab in all_labs():
            with self.subTest(str(lab)):
                row = re.search(rf"^\| \[{lab.number}.*", text, re.MULTILINE)[0]
                machines = sum(len(each.machines) for each in lab.criteria())
                self.assertIn(f" {len(lab.criteria())} criteria, {machines} machines |", row)
                self.assertIn(f"| {lab.hours} |", row)
                self.assertEqual(lab.core, f"[{lab.number}\\*" in row)

    @unittest.skipIf(handout_of(), "a handout has none")
    def test_each_lab_has_six_wrong_solutions_that_apply(self):
        for lab in all_labs():
            with self.subTest(str(lab)):
                self.assertGreaterEqual(len(list(prove.solutions(lab))), 8)

    def test_each_seed_is_another_machine_or_constant_and_the_same_each_time(self):
        for lab in all_labs():
            with self.subTest(str(lab)):
                view = lambda seed: (sorted(type(lab)(lab.number, seed).varied_files().items()),
                                     [str(row) for each in type(lab)(lab.number, seed).criteria() for row in each.machines])
                self.assertEqual(view("5"), view("5"))
                if lab.data.get("vary") or lab.data.get("constants"):
                    self.assertGreater(len({str(view(str(seed))) for seed in range(20)}), 1)


@functools.cache
def content(number):
    """{path: text} of a lab's handout."""
    lab = Lab(number)
    telling = handout.telling_lines(lab)
    files = {path: handout.content_of(path, lab, telling) for path in handout.tree_files()
             if not (ROOT / path).is_symlink()}
    return {path: text.decode("utf-8", "replace") for path, text in files.items() if text is not None}


@unittest.skipIf(handout_of(), "a handout has no answers")
class Handouts(unittest.TestCase):
    def test_no_line_of_an_answer_is_in_the_handout_of_its_lab(self):
        for lab in all_labs():
            with self.subTest(str(lab)):
                files = content(lab.number)
                kept = {line.strip() for path in lab.files for line in files[path].splitlines()}
                for line in handout.telling_lines(lab) - kept:
                    found = [path for path, text in files.items() if line in text and path not in lab.files]
                    self.assertLessEqual(len(found), 3, f"{line}: {found}")
                    self.assertEqual([], [path for path in found if path.endswith(".md")], line)

    def test_each_function_of_the_lab_is_a_stub_there(self):
        for lab in all_labs():
            files = content(lab.number)
            for path in lab.files:
                for answer in answers_in(path, files[path]):
                    if lab.number in answer.labs:
                        body = files[path].splitlines()[answer.start:answer.end]
                        self.assertEqual(len(body), 1, answer)
                        self.assertIn("lab_todo", body[0])

    def test_the_exam_has_no_answers_there(self):
        text = content(numbers()[0])["docs/instructor.md"]
        self.assertIn("## Questions", text)
        self.assertNotIn("Answers", text)

    def test_wrong_solutions_objects_and_history_stay_here(self):
        paths = content(numbers()[0])
        self.assertEqual([], [path for path in paths if re.search("/(wrong|solution)/", path) or path.startswith((".git/", "build/"))])


class Submissions(unittest.TestCase):
    """What is refused before anything is built."""

    def setUp(self):
        self.lab = all_labs()[0]
        self.path = self.lab.files[0]
        folder = tempfile.TemporaryDirectory(prefix="k896-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def place(self):
        place = self.folder / self.path
        place.parent.mkdir(parents=True)
        return place

    def refused(self, words):
        with self.assertRaises(build.Refused) as refused:
            build.collect(self.lab, self.folder)
        self.assertIn(words, str(refused.exception))

    def test_without_files(self):
        self.refused(f"there is no {self.path}")

    def test_a_file_of_a_gigabyte(self):
        with self.place().open("wb") as out:
            out.truncate(1 << 30)
        self.refused("1073741824 bytes, more than")

    def test_a_link_that_leads_outside(self):
        self.place().symlink_to("/etc/passwd")
        self.refused("is a symbolic link")

    def test_a_folder_that_leads_outside(self):
        (self.folder / self.path.split("/")[0]).symlink_to(ROOT / self.path.split("/")[0])
        self.refused("is a symbolic link")

    def test_a_pipe(self):
        os.mkfifo(self.place())
        self.refused("not an ordinary file")

    def test_a_bare_name_that_two_files_of_the_lab_have(self):
        self.lab = next(lab for lab in all_labs() if len({os.path.basename(path) for path in lab.files}) < len(lab.files))
        name = os.path.basename(self.lab.files[0])
        (self.folder / name).write_bytes((ROOT / self.lab.files[0]).read_bytes())
        self.refused(f"there is a {name}, and this lab has several")

    def test_a_makefile_or_tests_of_their_own_are_not_taken(self):
        for path in self.lab.files:
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((ROOT / path).read_bytes())
        for other in "Makefile", "kernel.mk", "labs/common/facts_test.c", "checks.py":
            (self.folder / other).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / other).write_text("$(shell false)")
        self.assertEqual(set(build.collect(self.lab, self.folder)), set(self.lab.files))


@unittest.skipIf(handout_of(), "a handout has no reference")
class Similar(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="k896-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def student(self, name, year="term"):
        place = self.folder / year / name / "work/08/mm"
        place.mkdir(parents=True)
        return place / "highmem.c"

    def test_a_class_lies_as_the_tools_want_it(self):
        self.student("ada").write_text("mine")
        self.student("eve").symlink_to("/etc/passwd")
        self.student("ben", "2025").write_text("old")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            similar.similar("08", self.folder / "term", self.folder / "2025")
        self.assertIn("eve: left out: work/08/mm/highmem.c is a symbolic link", output.getvalue())
        folder = BUILD / "similar-08"
        files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.c")}
        reference = (ROOT / "mm/highmem.c").read_text()
        self.assertEqual(files, {
            "term/ada/mm-highmem.c": "mine", "old/2025-ben/mm-highmem.c": "old",
            "old/reference/mm-highmem.c": reference, "base/mm-highmem.c": stubbed("mm/highmem.c", reference, ["08"])})

    def test_without_one_submission_it_says_so(self):
        self.student("ada").mkdir()
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaisesRegex(Mistake, "no student's folder"):
            similar.similar("08", self.folder / "term")


class Papers(unittest.TestCase):
    """Answers that were read off in the debugger: numbers, however they are written."""

    def complaint(self, text, fact=0x101000):
        try:
            Paper({"answers.txt": text and text.encode("latin-1")}).expect({"cr3": fact})
        except Wrong as wrong:
            return str(wrong)
        return None

    def test_a_number_counts_in_every_form(self):
        for text in "0x101000", "0x0010_1000", "00000000_00101000", " 1052672 ", "1,052,672  # decimal", "101000", "0X00 10 10 00":
            self.assertIsNone(self.complaint(f"# a comment\n\ncr3 = {text}\nother = 7\n"), text)

    def test_a_wrong_one_is_named_and_the_right_one_is_not_told(self):
        for text, words in [("0x102000", "cr3 is not 0x102000"), ("", "nothing is filled in"), ("at 1 MB", "is no number"),
                            ("0x", "is no number"), ("-5", "is not -5"), ("0x101000\ncr3 = 0x102000", "2 times")]:
            complaint = self.complaint(f"cr3 = {text}\n")
            self.assertIn("cr3", complaint)
            self.assertIn(words, complaint)
            self.assertTrue("101000" in text or "101000" not in complaint, complaint)

    def test_none_and_garbage_are_no_answers(self):
        self.assertIn("there is no answers.txt", self.complaint(None))
        self.assertIn("nothing is filled in", self.complaint("".join(map(chr, range(256))) * 100))
        self.assertIn("is no number", self.complaint("cr3 = " + "9" * 5000 + "x"))

    def test_each_lab_has_the_questions_of_its_papers_with_blanks_and_a_solution(self):
        for lab in all_labs():
            for name in lab.papers:
                blank, solved = lab.paper(name), handout_of() or (lab.folder / "solution" / name).read_text()
                questions = re.findall(r"^(\w+) =$", blank, re.MULTILINE)
                self.assertTrue(questions)
                for question in questions if not handout_of() else []:
                    self.assertRegex(solved, rf"(?m)^{question} = \w")

    def test_they_are_collected_if_they_are_there_and_refused_like_other_files(self):
        lab = next(lab for lab in all_labs() if lab.papers)
        name = lab.papers[0]
        with tempfile.TemporaryDirectory(prefix="k896-") as text:
            folder = pathlib.Path(text)
            self.assertEqual(build.find_papers(folder, lab), {})
            (folder / "work" / lab.number).mkdir(parents=True)
            (folder / "work" / lab.number / name).write_bytes(b"cr3 = 1\n")
            self.assertEqual(build.find_papers(folder, lab), {name: b"cr3 = 1\n"})
            (folder / name).symlink_to("/etc/passwd")
            with self.assertRaises(build.Refused):
                build.find_papers(folder, lab)
            (folder / name).unlink()
            with (folder / name).open("wb") as out:
                out.truncate(1 << 30)
            with self.assertRaises(build.Refused):
                build.find_papers(folder, lab)


HEAD = "__landmark void *kmap_high(struct page *page)\n{\n\tvoid *vaddr;\n"


def begins_with(words):
    """What kmap_high() of lab 08 begins with."""
    return lambda text: text.replace(HEAD, f"{HEAD}\n\t{words}\n")


def ends_with(words):
    return lambda text: text + words


OWN_COMMAND = """
#include <monitor/monitor.h>
static int seal(int argc __unused, char **argv __unused) { return 0; }
static const struct monitor_command commands[] = { { "seal", "SECRET", "mine", "", 1, 1, seal } };
monitor_group(mine, "mine", commands);
"""

# What the report says, and what was made of the reference.
BAD_KERNELS = {
    "hangs": begins_with("for (;;)\n\t\t;"),
    "floods the console": begins_with('for (;;)\n\t\tprintk("ok 1 pkmap\\n");'),
    "triple fault": begins_with("memset((void *)0xc0101000, 0, SZ_1M);"),
    "panics: lab": lambda text: stubbed("mm/highmem.c", text, ["08"]),
    "does not build": begins_with("this is no C;"),
    "mm/highmem.c includes mm/highmem.c": lambda _: '# 1 "x.h" 3\n#include <../mm/highmem.c>\n',
    "mm/highmem.c has .incbin": ends_with('asm(".inc"\n"bin \\"/etc/passwd\\"");\n'),
    "uses fact, which": ends_with("void fact(const char *, u64);\nvoid again(void);\nvoid again(void) { fact(\"\", 1); }\n"),
    "mm/highmem.o adds to .monitor_groups": ends_with(OWN_COMMAND),
}


@unittest.skipUnless(tier() and not handout_of(), "quick tier")
class Class(unittest.TestCase):
    """A class of bad kernels, in the sandbox: each has its row. One more uses Bochs there."""

    def test_a_score_and_a_reason_for_each(self):
        with tempfile.TemporaryDirectory(prefix="k896-") as folder:
            for reason, made_of in BAD_KERNELS.items():
                student = pathlib.Path(folder, "class", re.sub(r"\W", "-", reason))
                student.mkdir(parents=True)
                (student / "highmem.c").write_text(made_of((ROOT / "mm/highmem.c").read_text()))
            out = pathlib.Path(folder, "out")
            result = subprocess.run([ROOT / "tools/lab.py", "grade-all", "08", f"{folder}/class", "--out", out],
                                    capture_output=True, text=True, check=False, timeout=1800)
            self.assertEqual(result.returncode, 0, result.stderr)
            for reason in BAD_KERNELS:
                with self.subTest(reason):
                    results = json.loads((out / re.sub(r"\W", "-", reason) / "results.json").read_text())
                    self.assertEqual(results["score"], 0)
                    self.assertIn(reason, results["output"])

    @unittest.skipUnless(tier() == 2, "all of the tests: it builds three kernels")
    def test_the_reference_has_all_points_with_what_bochs_says(self):
        lab = Lab("02")
        with tempfile.TemporaryDirectory(prefix="k896-") as folder:
            for path, content in build.reference_files(lab).items():
                place = pathlib.Path(folder, "class/ada", path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            out = pathlib.Path(folder, "out")
            subprocess.run([ROOT / "tools/lab.py", "grade-all", "02", f"{folder}/class", "--out", out],
                           capture_output=True, check=False, timeout=1800)
            results = json.loads((out / "ada/results.json").read_text())
            self.assertEqual(results["score"], 100, results)


HIDDEN_SUITE = """
#include <mm/highmem.h>
#include <tests/kunit.h>
static void right(struct kunit *test) { KUNIT_EXPECT_EQ(test, LAST_PKMAP % 2, 0); }
static void wrong(struct kunit *test) { KUNIT_EXPECT_EQ(test, LAST_PKMAP, 7); }
static struct kunit_case good[] = { KUNIT_CASE(right), {} }, bad[] = { KUNIT_CASE(right), KUNIT_CASE(wrong), {} };
static struct kunit_suite all = { .name = "hidden", .test_cases = good };
static struct kunit_suite none = { .name = "hidden_bad", .test_cases = bad };
kunit_test_suite(all);
kunit_test_suite(none);
"""
HIDDEN_SCRIPT = """#!/usr/bin/python3
import unittest
from k896 import I386, Qemu, main
class Hidden(unittest.TestCase):
    def test_it_boots(self):
        with Qemu(I386, "64M", "max", "highmem=32M") as machine:
            machine.boot()
main()
"""


@unittest.skipUnless(tier() == 2 and not handout_of(), "all of the tests")
class Hidden(unittest.TestCase):
    def criterion(self, name, **how):
        return {"id": name, "title": name, "points": 5, "machines": ["i386 {small}"], "function": "kmap_high",
                "rule": "", "hint": "", **how}

    def test_suites_and_scripts_of_a_folder_have_points(self):
        with tempfile.TemporaryDirectory(prefix="k896-") as folder:
            extra = pathlib.Path(folder, "extra")
            (extra / "t").mkdir(parents=True)
            (extra / "hidden_test.c").write_text(HIDDEN_SUITE)
            (extra / "t/hidden.t").write_text(HIDDEN_SCRIPT)
            (extra / "t/hidden.t").chmod(0o755)
            (extra / "rubric.json").write_text(json.dumps([
                self.criterion("good", suite="hidden"), self.criterion("bad", suite="hidden_bad"),
                self.criterion("script", script="t/hidden.t")]))
            subprocess.run([ROOT / "tools/lab.py", "grade", "08", "--work", ROOT, "--extra", extra, "--out", folder],
                           cwd=ROOT, capture_output=True, check=False, timeout=1800)
            results = json.loads(pathlib.Path(folder, "results.json").read_text())
        scores = {test["number"]: test["score"] for test in results["tests"]}
        self.assertEqual([scores[name] for name in ("good", "bad", "script")], [5, 0, 5], results)
        self.assertEqual(results["score"], 110)


LABS_AT_ONCE = {1: 1, 2: 3}


@unittest.skipUnless(tier() and not handout_of(), "quick tier")
class Graders(unittest.TestCase):
    """A sample, other labs for each commit; those come first that changed since they were proven."""

    def labs(self):
        changed = ledger.changed_labs()
        dice = random.Random(head())
        return sorted(numbers(), key=lambda number: (number not in changed, dice.random()))[:LABS_AT_ONCE[tier()]]

    def test_give_nothing_for_nothing_all_for_all_and_see_each_mistake(self):
        for number in self.labs():
            with self.subTest(number):
                result = subprocess.run([ROOT / "tools/lab.py", "prove", number, "--runs", "1", "--sample", "2"],
                                        cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


def head():
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout


main()
