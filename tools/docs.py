#!/usr/bin/python3
"""`make docs`: runs the guide's machines and writes what they say into its chapters; CHAPTER="frames" picks."""

import os
import sys

from k896 import drawing, measures
from k896.guide import CHAPTERS, Stale, write_chapter, write_extra_suites

if sys.argv[1:] == ["--suites"]:
    write_extra_suites()
    sys.exit()

if sys.argv[1:] == ["--measures"]:
    measures.write_chapters(sys.stdin.read())
    sys.exit()

words = os.environ.get("CHAPTER", "").split()
stale = []
for chapter in CHAPTERS:
    if not words or chapter.stem in words:
        try:
            write_chapter(chapter)
        except Stale as message:
            stale.append(str(message))
if not words or drawing.CHAPTER.stem in words:
    drawing.write_chapter()
sys.exit("\n".join(stale))
