"""A real Chromium with the network cut: whatever a page asks for from outside is noted and refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

SIZE = {"width": 1366, "height": 768}
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page and everything it should not have done."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Console warnings and errors, script errors, dialogs."""
    requests: list[str] = field(default_factory=list)
    """Everything asked for apart from the document itself."""


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "no Chromium here; `apt-get install chromium fonts-noto-cjk` brings it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests, closed at the end together with its driver."""
    executable = _chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def offline(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh context without network, in the size of a cheap office screen."""
    context = browser.new_context(viewport=SIZE, offline=True, locale="zh-CN")
    yield context
    context.close()


@pytest.fixture
def open_page(offline: BrowserContext, tmp_path: Path) -> Callable[[str], Watched]:
    """Write a document to a file, open it with the network cut, and watch it."""

    def opened(document: str) -> Watched:
        file = tmp_path / "page.html"
        file.write_text(document, encoding="utf-8")
        watched = Watched(offline.new_page())
        page = watched.page

        def refuse(route, request):  # type: ignore[no-untyped-def]
            if request.url == file.as_uri():
                route.continue_()
            else:
                watched.requests.append(request.url)
                route.abort()

        def noted(message):  # type: ignore[no-untyped-def]
            if message.type in {"error", "warning"}:
                watched.complaints.append(message.text)

        def refused(dialog):  # type: ignore[no-untyped-def]
            watched.complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.route("**/*", refuse)
        page.on("console", noted)
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("dialog", refused)
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return watched

    return opened
