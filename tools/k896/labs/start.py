"""`make lab`: a student's own copies of the files, with stubs in the place of the answers."""

from ..kernels import ROOT
from .folder import Lab, relative
from .markers import stubbed


def start(number):
    lab = Lab(number)
    print(lab)
    for path in lab.files:
        mine = ROOT / "work" / number / path
        names = ", ".join(answer.name for answer in lab.answers if answer.path == path)
        if mine.exists():
            print(f"  {relative(mine)}: is there already, left as it is ({names})")
            continue
        mine.parent.mkdir(parents=True, exist_ok=True)
        mine.write_text(stubbed(path, (ROOT / path).read_text(), [number]))
        print(f"  {relative(mine)}: yours to write: {names}")
    print(f"Read {relative(lab.folder)}/README.md; `make run LAB={number}` boots your kernel, "
          f"`make grade N={number}` grades it.")
