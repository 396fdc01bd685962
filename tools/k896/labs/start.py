"""`make lab`: a student's own copies of the files, with stubs in the place of the answers."""

from ..kernels import ROOT
from .folder import Lab, handout_seed, relative
from .markers import stubbed


def _put(lab, path, text, what):
    """@what: there is to do in it"""
    mine = ROOT / "work" / lab.number / path
    if mine.exists():
        print(f"  {relative(mine)}: is there already, left as it is ({what})")
        return
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text(text)
    print(f"  {relative(mine)}: yours to write: {what}")


def start(number):
    lab = Lab(number, handout_seed())
    print(lab)
    for path in lab.files:
        names = ", ".join(answer.name for answer in lab.answers if answer.path == path)
        _put(lab, path, stubbed(path, (ROOT / path).read_text(), [number]), names)
    for name in lab.papers:
        _put(lab, name, lab.paper(name), "what you read off in the debugger")
    print(f"Read {relative(lab.folder)}/README.md; `make run LAB={number}` boots your kernel, "
          f"`make grade N={number}` grades it.")
