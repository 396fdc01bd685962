#!/usr/bin/python3
"""Coursework: `make lab`, `grade`, `grade-all`, `similar`, `handout`, `prove-labs` call this."""

import argparse
import os
import pathlib
import re
import sys


def seed(text):
    """A part of folders' names."""
    if not re.fullmatch(r"[\w-]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no word of letters, digits, - and _")
    return text


def arguments():
    parser = argparse.ArgumentParser(prog="lab.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("start", "grade", "grade-all", "similar", "handout", "prove"):
        command = commands.add_parser(name)
        command.add_argument("lab", nargs="?" if name == "prove" else None)
        if name in ("grade", "grade-all", "similar", "handout"):
            command.add_argument("--seed", type=seed)
        if name in ("grade", "grade-all"):
            command.add_argument("--extra", type=pathlib.Path)
            command.add_argument("--out", type=pathlib.Path)
    commands.choices["grade"].add_argument("--work", type=pathlib.Path)
    commands.choices["grade"].add_argument("--jobs", type=int, default=2)
    commands.choices["grade"].add_argument("--worker", default="")
    for name in ("grade-all", "similar"):
        commands.choices[name].add_argument("submissions", type=pathlib.Path)
    commands.choices["similar"].add_argument("--old", type=pathlib.Path)
    commands.choices["prove"].add_argument("--runs", type=int, default=3)
    commands.choices["prove"].add_argument("--sample", type=int)
    return parser.parse_args()


def grade(args):
    from k896.kernels import ROOT
    from k896.labs import build, report
    from k896.labs.folder import Lab, handout_seed, relative
    from k896.labs.grade import grade as grade_folder
    lab = Lab(args.lab, args.seed or handout_seed())
    work = args.work or ROOT / "work" / lab.number
    result = grade_folder(lab, work, args.extra and args.extra.resolve(), args.jobs)
    out = args.out or build.FOLDER
    report.write(result, out)
    print(report.table(result), end="")
    print(f"written: {relative(out)}/report.txt, results.json (Gradescope), junit.xml")
    return 0 if result.full else 1


def start(args):
    from k896.labs.start import start as start_lab
    start_lab(args.lab)


def handout(args):
    from k896.labs.handout import handout as make_handout
    make_handout(args.lab, args.seed)


def grade_all(args):
    from k896.labs.classroom import grade_all as grade_class
    return grade_class(args.lab, args.submissions, args.extra, args.seed, args.out)


def similar(args):
    from k896.labs.similar import similar as lay_out_class
    lay_out_class(args.lab, args.submissions, args.old, args.seed)


def prove(args):
    from k896.labs.prove import prove as prove_lab, prove_all
    return prove_lab(args.lab, args.runs, args.sample) if args.lab else prove_all([__file__], args.runs)


def main():
    args = arguments()
    # Which kernels these are: their folders have it in their names, and a worker has its own.
    words = [args.command if args.command == "prove" else "grade", args.lab, getattr(args, "seed", None),
             getattr(args, "worker", "")]
    os.environ["K896_VARIANT"] = "".join(f"-{word}" for word in words if word)
    from k896 import leave_on_signals
    from k896.labs.folder import Mistake
    leave_on_signals()
    run = {"start": start, "grade": grade, "grade-all": grade_all, "similar": similar, "handout": handout,
           "prove": prove}
    try:
        return run[args.command](args)
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
