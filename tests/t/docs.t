#!/usr/bin/python3
"""The guide: its links lead somewhere, its names exist, and its transcripts are what a run shows."""

import re
import subprocess
import unittest

from k896 import I386, Qemu, main, tier
from k896 import drawing, guide, measures, prose
from k896.kernels import ROOT, VARIANT
from k896.movable import Movable

STALE = "`make docs` writes it anew"


class Text(unittest.TestCase):
    maxDiff = None

    def test_links_and_anchors_lead_somewhere(self):
        self.assertEqual([], prose.dead_links())

    def test_files_and_functions_in_backticks_exist(self):
        self.assertEqual([], prose.names_of_nothing())

    def test_every_chapter_is_reached_from_the_readme(self):
        self.assertEqual([], prose.unreachable_chapters())

    def test_every_chapter_asks_shows_and_ends_with_questions(self):
        self.assertEqual([], prose.incomplete_chapters())

    def test_every_transcript_names_its_machine(self):
        self.assertEqual([], prose.nameless_transcripts())


class Rule(unittest.TestCase):
    """What counts as the same transcript, and what does not."""

    SHOWN = ["pgd[772]  0x01088063  -> 0x01088000  P RW A D", "frame 0x1088 at 0xc1088010, 3 pages"]

    def difference(self, *fresh):
        """None if @fresh may stand for SHOWN."""
        movable = Movable(I386, 64)
        try:
            pairs = guide.place(self.SHOWN, list(fresh), movable, guide.Step("", "", []), "here")
            for pair in pairs:
                movable.meet(*pair, "here")
        except AssertionError as difference:
            return difference
        return None

    def test_a_frame_may_move_if_it_moves_everywhere(self):
        moved = [line.replace("1088", "1093") for line in self.SHOWN]
        self.assertIsNone(self.difference(*moved))
        self.assertIsNotNone(self.difference(moved[0], self.SHOWN[1]))

    def test_a_word_a_flag_a_count_and_a_line_may_not(self):
        entry, words = self.SHOWN
        for fresh in [(entry, words.replace("pages", "page")), (entry.replace("8063", "8061"), words),
                      (entry, words.replace("3 ", "4 ")), (entry,), (entry, entry, words),
                      (entry.replace("772", "773"), words), (entry, words.replace("8010", "8014"))]:
            with self.subTest(str(fresh)):
                self.assertIsNotNone(self.difference(*fresh))

    def test_an_address_of_the_window_may_not_move(self):
        self.SHOWN, kept = ["area at 0xf8805000"], self.SHOWN
        self.addCleanup(setattr, self, "SHOWN", kept)
        self.assertIsNotNone(self.difference("area at 0xf8806000"))

    def test_a_line_is_typed_with_the_numbers_of_the_run(self):
        movable = Movable(I386, 64)
        movable.meet("frame 0x1088", "frame 0x1093", "here")
        self.assertEqual(movable.translate("x 0xc1088010 4"), "x 0xc1093010 4")


class Monitor(unittest.TestCase):
    def test_every_command_is_in_the_guide(self):
        with Qemu(I386, "64M", "max", name="help") as machine:
            machine.boot()
            commands = re.findall(r"^  (\w+)", machine.command("help"), re.MULTILINE)
        self.assertGreater(len(commands), 20)
        text = "\n".join(chapter.read_text() for chapter in prose.CHAPTERS if chapter.name != "README.md")
        self.assertEqual([], [command for command in commands
                              if not re.search(rf"(`|k896> ){command}\b", text)])


@unittest.skipUnless(tier() and "-extra" not in VARIANT, "quick tier, or EXTRA=")
class Transcripts(unittest.TestCase):
    maxDiff = None

    def test_a_run_shows_what_the_chapters_show(self):
        for chapter in guide.CHAPTERS:
            for blocks in guide.sessions_of(guide.blocks_of(chapter)):
                with self.subTest(f"{blocks[0].where} {' '.join(blocks[0].machine)}"):
                    try:
                        guide.run_session(blocks)
                    except guide.Stale as difference:
                        self.fail(f"{difference}\n{STALE}")

    def test_maps_are_what_layout_prints(self):
        for machine, figure in drawing.chapter_figures().items():
            with self.subTest(machine):
                self.assertEqual(drawing.fresh_figure(machine), figure, STALE)



@unittest.skipUnless(tier() == 2 and not VARIANT, "all of the tests, gcc")
class Measures(unittest.TestCase):
    def test_rows_of_the_bench_are_as_the_guide_has_them(self):
        bench = subprocess.run([ROOT / "tools" / "bench.py"], capture_output=True, text=True, check=True)
        self.assertEqual([], measures.differences(bench.stdout), "`make docs-bench` writes them anew")


main()
