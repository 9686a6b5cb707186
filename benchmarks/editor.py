"""How the editor of the page 规划 keeps up in a real Chromium without GPU: frames while a stroke is painted, and zooming.

    python benchmarks/editor.py [--cells 500 2000] [--rounds 3] [--shot FILE.png]

A made-up community of square cells with a building each, in two grids, on an SQLite store and a server of this process. A stroke is
painted with the mouse over more than 300 cells, as fast as events can be sent; frames are those the page was asked to draw
(`requestAnimationFrame`). A zoom is timed from the click to the second frame after the map has drawn itself. Prints medians of the
rounds, and the load of the machine, which decides as much as the page does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.edits import CODE, settled
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.sessions import key_of
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.browser.conftest import QUIET, SIZE, serving
from tests.layers.town import NOW

FRAMES = """() => {
  window.frames_at = [];
  const note = (at) => { window.frames_at.push(at); if (window.frames_at) window.asked = requestAnimationFrame(note); };
  window.asked = requestAnimationFrame(note);
}"""
DONE = "() => { cancelAnimationFrame(window.asked); return window.frames_at; }"
ZOOM = """(way) => new Promise((done) => {
  const scale = document.querySelector('.leaflet-control-scale-line'), before = scale.textContent, from = performance.now();
  const look = () => (scale.textContent === before ? requestAnimationFrame(look)
    : requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from))));
  document.querySelector(`.leaflet-control-zoom-${way}`).click();
  look();
})"""


def signed_in(store: Store) -> None:
    """A planner with a session."""
    grant = Grant(Role.PLANNER, CODE, OfPeople.BUILDING, Purpose.PLANNING)
    add_account(store, Keeper("cli:benchmark"), "wang", [grant], now=NOW)
    with store.writing(OPERATOR, actor="benchmark", now=NOW) as unit:
        unit.execute(users.update().values(must_change=False))
        (row,) = unit.execute(users.select()).all()
        times = {"made_at": NOW, "seen_at": NOW, "ends_at": NOW + timedelta(hours=9)}
        unit.execute(sessions.insert().values(hash=key_of("session-of-wang"), user_id=row.id, **times))


def saved_after(page: Page, revision: str) -> None:
    """Wait until all is saved, at another revision."""
    page.wait_for_selector(f"html:not([data-saved=no]):not([data-saved='{revision}'])", state="attached")


def stroke(page: Page, shot: Path | None) -> tuple[float, float, int]:
    """Paint one, take it back: frames a second, the longest frame in milliseconds, cells painted."""
    box = page.evaluate(
        "(() => { const r = [...document.querySelectorAll('.grid-label')].map((n) => n.getBoundingClientRect());"
        " return r.map((one) => [one.x, one.y]); })()"
    )
    (left, middle), (right, _) = sorted(box)
    page.mouse.move(left, middle)
    page.evaluate(FRAMES)
    page.mouse.down()
    for row in range(-9, 10):
        y = middle + row * 16
        page.mouse.move(left if row % 2 else right, y, steps=24)
        page.mouse.move(right if row % 2 else left, y, steps=24)
    if shot is not None:
        page.screenshot(path=shot)
    frames = page.evaluate(DONE)
    before = page.evaluate("document.documentElement.dataset.saved")
    page.mouse.up()
    saved_after(page, before)
    gaps = [b - a for a, b in pairwise(frames)]
    painted = page.evaluate(
        "fetch('/api/plans/1/edits').then((r) => r.json()).then((d) => d.edits.find((one) => one.number === d.step).said.cells.length)"
    )
    before = page.evaluate("document.documentElement.dataset.saved")
    page.keyboard.press("Control+z")
    saved_after(page, before)
    return 1000 * len(gaps) / sum(gaps), max(gaps), int(painted)


def measured(cells: int, rounds: int, shot: Path | None) -> tuple[float, ...]:
    """Medians over the rounds: frames a second, longest frame, cells of a stroke, zoom in, zoom out."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Store.open(home=Path(folder))
        store.migrate()
        settled(store, cells, rows=round(cells**0.5 / 10) * 10)
        signed_in(store)
        executable = (
            shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        )
        browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        with serving(Path(folder)) as address:
            context = browser.new_context(viewport=SIZE, locale="zh-CN")
            context.add_cookies([{"name": "wangge", "value": "session-of-wang", "url": address}])
            page = context.new_page()
            page.goto(f"{address}/plans?plan=1")
            page.wait_for_selector("html[data-ready=yes]", state="attached")
            page.wait_for_selector("#map[data-ground=drawn]", timeout=60_000)
            page.locator(".sizes button").first.click()
            page.locator("[data-tool=brush]").click()
            strokes = [stroke(page, shot) for _ in range(rounds)]
            zooms = [(page.evaluate(ZOOM, "in"), page.evaluate(ZOOM, "out")) for _ in range(rounds)]
            context.close()
        browser.close()
        store.close()
    return tuple(statistics.median(column) for rows in (strokes, zooms) for column in zip(*rows, strict=True))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shot", type=Path, default=None)
    asked = parser.parse_args()
    heads = ("frames/s", "longest ms", "painted", "zoom in ms", "zoom out ms", "load")
    print(f"{'cells':>6} " + " ".join(f"{head:>11}" for head in heads))
    for cells in asked.cells:
        figures = (*measured(cells, asked.rounds, asked.shot), os.getloadavg()[0])
        print(f"{cells:>6} " + " ".join(f"{figure:11.1f}" for figure in figures))


if __name__ == "__main__":
    main()
