#!/usr/bin/python3
"""What the Makefile is asked for wrongly it refuses in a sentence, before anything is built."""

import subprocess
import unittest

from k896 import main
from k896.kernels import ROOT

MISTAKES = [
    (["run", "PAE=2"], "PAE=2 is neither 0 nor 1"),
    (["run", "PAE=yes"], "PAE=yes is neither 0 nor 1"),
    (["run", "MEM=lots"], "MEM=lots is no size of RAM"),
    (["run", "ARCH=vax"], "ARCH=vax: there is no such kernel"),
    (["DEBUG=maybe"], "DEBUG=maybe is neither 0 nor 1"),
    (["EXTRA=/nowhere", "test"], "EXTRA=/nowhere: there is no such folder"),
    (["test", "FILTER=nonsense"], "FILTER=nonsense picks none of the test scripts"),
    (["bochs", "MEM=99999"], "MEM=99999: more than the 8192 MB"),
    (["build/run.iso", "APPEND=foo='a b'"], "letters, digits, blanks and"),
    (["build/run.iso", "APPEND=a|b"], "letters, digits, blanks and"),
]


class Mistakes(unittest.TestCase):
    def test_are_refused_in_a_sentence(self):
        for words, message in MISTAKES:
            with self.subTest(" ".join(words)):
                result = subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True,
                                        check=False)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(message, result.stderr)


class Variants(unittest.TestCase):
    def test_the_last_line_says_how_to_boot_what_was_built(self):
        for words in [], ["DEBUG=1"], ["DEBUG=1", "LLVM=1"]:
            result = subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True,
                                    check=False)
            self.assertIn(" ".join(["`make", *words, "run"]), result.stdout.replace("\\", ""))


main()
