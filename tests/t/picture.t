#!/usr/bin/python3
"""
`make picture`: its page opens from disk in a browser, asks nothing of the network, shows every view, and
says what the monitor says. The browser is headless Chromium; where there is none, only its part is skipped.
"""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from k896 import I386, KERNELS, ROOT, X86_64, Qemu, main, tier
from k896.kernels import BUILD
from k896.tables import parse_ptdump

sys.path.insert(0, str(ROOT / "tools" / "picture"))
import agree  # noqa: E402
from picture import D3  # noqa: E402

MEM = "64M"
TRIED = KERNELS if tier() else [I386]
VIEWS = ["cpu", "physical", "virtual", "tables", "window", "buddy", "slabs", "processes"]
PHONE, SCREEN = (390, 844), (1280, 800)
MAX_SIZE = 2 << 20
LARGE = [(I386, "4G", ""), (I386, "4G", "nopse"), (X86_64, "16G", "nogbpages")]


def append(kernel):
    return "highmem=32M" if kernel.has_highmem else ""


def draw(kernel, path, mem=MEM, words=None):
    """Run it; returns the process, done."""
    environment = dict(os.environ, MEM=mem, APPEND=append(kernel) if words is None else words)
    return subprocess.run([ROOT / "tools" / "picture" / "picture.py", kernel.name, path], cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=300)


def browser():
    from selenium import webdriver
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=webdriver.chrome.service.Service(shutil.which("chromedriver")), options=options)


# The lowest contrast of any text that is shown, and that text.
CONTRAST = """
const number = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
function behind(node) {
  const rect = node.closest(".item")?.querySelector("rect");
  if (rect)
    return number(getComputedStyle(rect).fill);
  for (; node; node = node.parentElement) {
    const colour = number(getComputedStyle(node).backgroundColor);
    if (colour.length === 3 || colour[3] === 1)
      return colour;
  }
  return [255, 255, 255];
}
const worst = {ratio: 21};
for (const node of document.querySelectorAll("body *:not(script):not(option)")) {
  const text = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data.trim()).join("");
  if (!text || !node.getClientRects().length)
    continue;
  const style = getComputedStyle(node), ink = number(node instanceof SVGElement ? style.fill : style.color);
  const [a, b] = [light(ink), light(behind(node))].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
  if (ratio < worst.ratio)
    Object.assign(worst, {ratio, text: text.slice(0, 40), where: node.outerHTML.slice(0, 80)});
}
return worst;
"""


# {"4096 r-x": how many such pages the picture has, ...}
MAPPED = """
const facts = factsOf(machine.moments.find((moment) => moment.at === "monitor_loop")), pages = {};
for (const item of views.virtual.mapped(facts.tables.rows)) {
  const like = `${item.unit} ${item.kind}`;
  pages[like] = (pages[like] || 0) + (item.end - item.start) / item.unit;
}
return pages;
"""


class Agreement(unittest.TestCase):
    """A picture is drawn only if all who look see the same: each lie is found, and named."""

    ROWS = [["pgd", 768, 1, "0x102023"], ["pte", 0, 256, "0x163"], ["pgd", 769, 2, "0x4001e3"]]
    SMALL = [f"{0xc0000000 + (i << 12):016x}: {i << 12:016x} -G-DA---W\n" for i in range(256)]
    LARGE = [f"{0xc0000000 + at:016x}: {at:016x} -GPDA---W\n" for at in (4 << 20, 8 << 20)]
    TLB = "".join(SMALL + LARGE)

    def facts(self, rows):
        return {"registers": {"cr3": "0x101000"}, "tables": {"root": "0x101000", "rows": rows}, "processes": []}

    def test_the_same_tables_agree(self):
        agree.same_mappings(I386, self.facts(self.ROWS), self.TLB, "the kernel")

    def test_an_entry_that_only_one_sees_is_named_by_its_range(self):
        for row, wrong, named in [(1, ["pte", 0, 255, "0x163"], "0xc00ff000|0xc0000000-0xc00"),
                                  (1, ["pte", 0, 256, "0x161"], "0xc0000000-0xc0100000"),
                                  (2, ["pgd", 769, 2, "0x8001e3"], "0xc0400000-0xc0c00000")]:
            rows = [wrong if i == row else old for i, old in enumerate(self.ROWS)]
            with self.subTest(str(wrong)), self.assertRaisesRegex(agree.Disagreement, named):
                agree.same_mappings(I386, self.facts(rows), self.TLB, "the kernel")

    def differ(self, inside, outside, words):
        with self.assertRaisesRegex(agree.Disagreement, words):
            agree.same_machine(I386, inside, outside)

    def test_a_count_or_a_range_that_differs_is_named(self):
        inside = {"zones": [{"name": "DMA", "free": 3}], "frames": [[0, 1, "free", "order 0"]]}
        outside = {"zones": [{"name": "DMA", "free": 4}], "frames": [[0, 1, "free", "order 0"]]}
        self.differ(inside, outside, "zones DMA, free: json says 3, gdb finds 4")
        outside["zones"] = inside["zones"]
        agree.same_machine(I386, inside, outside)
        inside["tables"] = {"root": "0x101000", "rows": self.ROWS}
        outside["tables"] = {"root": "0x101000", "rows": [*self.ROWS[:2], ["pgd", 769, 1, "0x4001e3"]]}
        self.differ(inside, outside, "tables, maps: json says 0xc0400000-0xc0c00000 .* gdb finds 0xc0400000-0xc0800000 ")
        outside["tables"] = inside["tables"]
        outside["frames"] = [[0, 1, "slab", "pgd"]]
        self.differ(inside, outside, "frames: json says 0x0 1 free order 0, gdb finds 0x0 1 slab pgd")


class BadInput(unittest.TestCase):
    def test_what_cannot_be_drawn_is_said(self):
        for mem, words, said in [("some", "", r"^make picture: MEM=some is no size"),
                                 ("61G", "", r"^make picture: MEM=61G is too much to draw"),
                                 ("8M", "", r"too few: the kernel needs 12 MB"),
                                 (MEM, "init=/bin/hello", r"ended before it reached the monitor")]:
            with self.subTest(f"{mem} {words}"):
                path = BUILD / "picture-of-nothing.html"
                path.unlink(missing_ok=True)
                done = draw(I386, path, mem, words)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, re.compile(said, re.M))
                self.assertNotIn("Traceback", done.stderr)
                self.assertFalse(path.exists())


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if tier() == 0 and not (shutil.which("chromedriver") and D3.exists()):
            raise unittest.SkipTest("no Chromium, or no D3: `make deps DEPS=\"build ci\"` installs them")
        cls.browser = browser()
        cls.addClassCleanup(cls.browser.quit)

    def js(self, script, *args):
        return self.browser.execute_script(script, *args)

    def keys(self, selector, *keys):
        self.browser.find_element("css selector", selector).send_keys(*keys)

    def open(self, path, theme="light", window=SCREEN, moment=""):
        media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", dict(
            width=window[0], height=window[1], deviceScaleFactor=1, mobile=False))
        self.browser.get("about:blank")
        self.browser.get(path.as_uri() + moment)

    def errors(self):
        return [entry["message"] for entry in self.browser.get_log("browser")]

    # -- one page, one sort of question each --------------------------------------------------------

    def every_view_is_there_at_every_moment(self, path):
        self.open(path)
        for number in range(1, self.js("return machine.moments.length") + 1):
            self.js("show(arguments[0])", number - 1)
            for view in VIEWS:
                text = self.browser.find_element("id", view).text
                self.assertGreater(len(text.splitlines()), 2, f"{view} at moment {number}: {text}")
        for view in ("physical", "virtual"):
            self.assertGreater(self.js(f"return document.querySelectorAll('#{view} .item').length"), 5)
        self.assertEqual(self.errors(), [])
        self.assertEqual(self.js("return performance.getEntriesByType('resource').map((entry) => entry.name)"), [])

    def it_says_what_the_monitor_says(self, kernel, path):
        self.open(path)
        with Qemu(kernel, MEM, "max", append(kernel), [kernel.initrd], name=f"{kernel.name}-picture") as machine:
            machine.boot()
            zones, tables = machine.command("zoneinfo"), machine.command("ptdump")
            machine.send("exec /bin/cow hold &\r")
            pid = machine.expect(r"parent (\d+)")[1]
            machine.send("ready?\r")
            machine.expect(r"^ready\?: no such command.*\nk896> \Z")
            maps = machine.command(f"maps {pid}")
        facts = self.js("return factsOf(machine.moments.find((moment) => moment.at === 'monitor_loop'))")
        managed = [int(pages) for pages in re.findall(r"managed +(\d+)", zones) if int(pages)]
        self.assertEqual([zone["managed"] for zone in facts["zones"]], managed)
        said = collections.Counter()
        for pages, _ in parse_ptdump(tables):
            said[f"{pages.page_size} {pages.rights[:3]}"] += (pages.end - pages.start) // pages.page_size
        self.assertEqual(self.js(MAPPED), said)
        self.js("show(machine.moments.length - 1)")
        cells = self.browser.find_elements("css selector", f"[data-pid='{pid}'] tbody td:first-child")
        self.assertEqual([cell.text.replace("0x", "") for cell in cells],
                         [f"{start.lstrip('0')}–{end.lstrip('0')}" for start, end in re.findall(r"^(\w+)-(\w+) ", maps, re.M)])

    def the_tree_has_every_entry(self, path):
        """The tree has every entry that the kernel told of, once."""
        self.open(path)
        shown = self.js("return d3.sum(views.tables.grow(views.tables.source.rows).children, function count(node) "
                        "{ return node.leaf ? node.count : d3.sum(node.children, count); })")
        told = self.js("const leaf = ([level, , , entry]) => level === 'pte' || BigInt(entry) & 128n;"
                       "return d3.sum(views.tables.source.rows.filter(leaf), (row) => row[2])")
        self.assertEqual(shown, told)

    def the_slider_moves(self, path):
        from selenium.webdriver.common.keys import Keys
        self.open(path, moment="#1")
        title = "return document.getElementById('title').textContent"
        self.assertTrue(self.js(title).startswith("1. "))
        self.keys("#moment", Keys.ARROW_RIGHT)
        self.assertTrue(self.js(title).startswith("2. "), self.js(title))
        self.keys("#moment", Keys.END)
        self.assertTrue(self.js(title).startswith(f"{self.js('return machine.moments.length')}. "))
        self.browser.find_element("id", "before").click()
        self.assertTrue(self.js("return document.querySelector('#moment').getAttribute('aria-valuetext')").startswith(
            f"{self.js('return machine.moments.length')-1} of "))

    def the_keyboard_reaches_everything(self, path):
        from selenium.webdriver.common.keys import Keys
        self.open(path)
        band, said = "#virtual svg", "return document.querySelector('#virtual output').textContent"
        self.keys(band, Keys.HOME)
        first = self.js(said)
        self.keys(band, Keys.ARROW_RIGHT)
        self.assertNotEqual(self.js(said), first)
        self.assertEqual(self.js("return document.querySelectorAll('#virtual .current').length"), 1)
        self.keys(band, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.HOME, Keys.ENTER)
        for _ in range(40):
            self.keys(band, "+")
        self.assertRegex(self.js(said), r"pte entr|pages?", "no entry in sight")
        items = "return document.querySelectorAll('[role=treeitem]').length"
        before = self.js(items)
        self.keys("#tables [tabindex='0']", Keys.ARROW_DOWN)
        self.keys("#tables [tabindex='0'][role=treeitem]", Keys.ARROW_RIGHT)
        self.assertGreater(self.js(items), before)
        self.assertIn("0 P 1", self.js("return document.querySelector('#tables dl').textContent"))
        self.keys("#tables [tabindex='0'][role=treeitem]", Keys.ARROW_LEFT)
        self.assertEqual(self.js(items), before)
        self.assertEqual(self.js("return getComputedStyle(document.activeElement).outlineStyle"), "solid")

    def contrast_is_enough(self, path):
        for theme in ("light", "dark"):
            self.open(path, theme)
            self.js("show(machine.moments.length - 1); views.tables.go(1)")
            worst = self.js(CONTRAST)
            self.assertGreaterEqual(worst["ratio"], 4.5, f"{theme}: {worst}")

    def it_fits_a_phone(self, path):
        self.open(path, window=PHONE)
        self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), PHONE[0])

    def test_the_page_of_each_kernel(self):
        for kernel in TRIED:
            path = pathlib.Path(BUILD / f"picture-{kernel.name}.html")
            done = draw(kernel, path)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertLess(path.stat().st_size, MAX_SIZE)
            for question in (self.every_view_is_there_at_every_moment, self.the_tree_has_every_entry,
                             self.the_slider_moves, self.the_keyboard_reaches_everything,
                             self.contrast_is_enough, self.it_fits_a_phone):
                with self.subTest(f"{kernel.name} {question.__name__.replace('_', ' ')}"):
                    question(path)
            with self.subTest(f"{kernel.name} it says what the monitor says"):
                self.it_says_what_the_monitor_says(kernel, path)

    @unittest.skipUnless(tier(), "the CI tier's")
    def test_a_large_machine_has_a_small_page(self):
        for kernel, mem, words in LARGE if tier() > 1 else LARGE[:1]:
            with self.subTest(f"{mem} {words}"):
                path = BUILD / "picture-large.html"
                done = draw(kernel, path, mem, words)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertLess(path.stat().st_size, MAX_SIZE)


main()
