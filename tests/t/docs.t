#!/usr/bin/python3
"""The guide: its links lead somewhere, its names exist, and its transcripts are what a run shows."""

import re
import unittest

from k896 import I386, Qemu, main, tier
from k896 import drawing, guide, prose

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


class Monitor(unittest.TestCase):
    def test_every_command_is_in_the_guide(self):
        with Qemu(I386, "64M", "max", name="help") as machine:
            machine.boot()
            commands = re.findall(r"^  (\w+)", machine.command("help"), re.MULTILINE)
        self.assertGreater(len(commands), 20)
        text = "\n".join(chapter.read_text() for chapter in prose.CHAPTERS if chapter.name != "README.md")
        self.assertEqual([], [command for command in commands
                              if not re.search(rf"(`|k896> ){command}\b", text)])


@unittest.skipUnless(tier(), "quick tier")
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


main()
