"""
Coursework: what a student writes is taken out of the reference, and what comes back is graded.

        markers    /* Lab 08 */ in the sources ---> stubs
        folder     labs/08-pkmap/: its text, its rubric, its checks
        start      work/08/, a student's files         handout    a tree without the answers
        build      kernels from the tree, the student's files laid over it, and the grader's tests
        origin     is it the student's own code?
        machine    one of them running: what the host sees of it
        replay     the same in Bochs's debugger
        paper      what a student read off there, and filled in
        grade      each criterion on each of its machines ---> points, and why
        report     a table, results.json, JUnit XML
        classroom  a folder of submissions, each in a sandbox
        similar    the same folder, as JPlag and MOSS want it
        prove      does every grader give nothing for nothing, all for all, and see each mistake?
        ledger     what was proven already, and of which tree

tools/lab.py is the command. checks.py of a lab needs the two names below.
"""

from .machine import Wrong, expect

__all__ = ["Wrong", "expect"]
