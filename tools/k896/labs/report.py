"""A Grade for people (a table), for Gradescope (results.json) and for other tools (JUnit XML)."""

import json
import textwrap
import xml.etree.ElementTree as xml

WIDTH = 100


def number(points):
    """15, or 7.5"""
    return f"{float(points):.2f}".rstrip("0").rstrip(".")


def _paragraph(label, text):
    lines = str(text).splitlines()
    wrapped = [piece for line in lines for piece in textwrap.wrap(line, WIDTH - 14) or [""]]
    return [f"      {label if not at else '':7} {line}" for at, line in enumerate(wrapped)]


def explanation(grade, criterion):
    """Which machine saw what, which rule that breaks, and where to look: lines of text."""
    lines, seen = [], {}
    for result in grade.of(criterion):
        if result.wrong:
            seen.setdefault(result.wrong, []).append(str(result.row))
    for wrong, rows in seen.items():
        lines += _paragraph("on", ", ".join(rows)) + _paragraph("", wrong)
    if seen:
        where = criterion.function if criterion.function in grade.lab.papers else f"{criterion.function}()"
        lines += _paragraph("look at", f"{where}: {criterion.rule}")
        lines += _paragraph("try", criterion.hint)
    return lines


def remark(grade):
    """Why there is not a single point, in a line; "" if there are some."""
    if grade.refused or grade.points:
        return grade.refused or ""
    facts = [result.wrong for result in grade.results]
    return max(facts, key=facts.count) if facts else ""


def table(grade):
    lines = [f"{grade.lab}"]
    if grade.refused:
        lines += ["", *textwrap.wrap(f"Nothing was run: {grade.refused}", WIDTH)]
    for criterion in grade.criteria if not grade.refused else []:
        score = grade.score(criterion)
        mark = "ok" if score == criterion.points else "--"
        lines.append(f"  {mark}  {number(score):>5} of {criterion.points:<3} {criterion.title}")
        lines += explanation(grade, criterion)
    lines += ["", f"{number(grade.points)} of {grade.most} points, in {grade.seconds:.0f} s"
              + (f", seed {grade.lab.seed}" if grade.lab.seed is not None else "")]
    return "\n".join(lines) + "\n"


def gradescope(grade):
    """https://gradescope-autograders.readthedocs.io: results.json"""
    tests = [{"name": criterion.title, "number": criterion.id,
              "score": float(grade.score(criterion)), "max_score": criterion.points,
              "status": "passed" if grade.score(criterion) == criterion.points else "failed",
              "output": "\n".join(explanation(grade, criterion))}
             for criterion in grade.criteria]
    return {"score": float(grade.points), "execution_time": round(grade.seconds),
            "output": remark(grade) or str(grade.lab), "tests": tests}


def junit(grade):
    suite = xml.Element("testsuite", name=str(grade.lab), time=f"{grade.seconds:.1f}")
    for criterion in grade.criteria:
        for row in criterion.machines:
            case = xml.SubElement(suite, "testcase", classname=criterion.id, name=f"{criterion.title}: {row}")
            wrong = grade.refused or next(result.wrong for result in grade.of(criterion) if result.row == row)
            if wrong:
                wrong = "".join(char if char.isprintable() or char == "\n" else "?" for char in wrong)
                xml.SubElement(case, "failure", message=wrong.splitlines()[0]).text = wrong
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    return xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def write(grade, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text(table(grade))
    (folder / "results.json").write_text(json.dumps(gradescope(grade), indent=1) + "\n")
    (folder / "junit.xml").write_text(junit(grade))
