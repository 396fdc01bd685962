#!/usr/bin/python3
"""
`make docs-img`: the two pictures at the head of the README, docs/img/monitor.png and docs/img/picture.png.

The monitor is QEMU's own dump of the VGA screen; the page is what Chromium shows of build/picture.html, of
the machine SHOWN, at the moment and the place that LOOK chooses.
"""

import base64
import os
import subprocess
import time

from k896 import I386, ROOT, Qemu, leave_on_signals
from k896.kernels import BUILD

IMAGES = ROOT / "docs" / "img"
SHOWN = {"MEM": "64M", "APPEND": "highmem=32M"}
WINDOW = {"width": 1180, "height": 1000}
LOOK = """
show(machine.moments.findIndex((moment) => moment.title === "memory taken by hand"));
views.virtual.band.goToRange(0xc0000000, 0xc0280000);
document.getElementById("cpu").remove();
"""


def shoot_monitor():
    with Qemu(I386, "2G", "max", name="shot") as machine:
        machine.boot()
        for line in ("meminfo", "kmap 0x3f000", "walk 0xff801000", "walk schedule"):
            machine.command(line)
        time.sleep(1)  # QEMU draws the screen now and then
        machine.hmp(f"screendump {IMAGES / 'monitor.png'} -f png")


def shoot_picture():
    from selenium import webdriver
    page = BUILD / "picture-shot.html"
    drawing = [ROOT / "tools" / "picture" / "picture.py", I386.name, page]
    subprocess.run(drawing, check=True, env={**os.environ, **SHOWN})
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"):
        options.add_argument(word)
    with webdriver.Chrome(options=options) as browser:
        screen = {**WINDOW, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        browser.get(page.as_uri())
        browser.execute_script(LOOK)
        time.sleep(1)  # until it has drawn
        image = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    (IMAGES / "picture.png").write_bytes(base64.b64decode(image["data"]))


if __name__ == "__main__":
    leave_on_signals()
    IMAGES.mkdir(exist_ok=True)
    shoot_monitor()
    shoot_picture()
    for path in sorted(IMAGES.glob("*.png")):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size >> 10} KB")
