"""A real Chromium with the network cut: whatever a page asks for from outside is noted and refused."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from api.app import create_app
from api.settings import Settings
from layers.store.database import Store
from tests.layers import households, town

TOKEN = "a-token-of-enough-length"  # noqa: S105  made up
EVIL = "<img src=x onerror=alert(1)>兰苑2号楼</script>${7*7}"
"""An address as nobody writes it."""

SIZE = {"width": 1366, "height": 768}
QUIET = (
    "--no-sandbox",
    "--no-proxy-server",
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

    def listen(self) -> None:
        """Note what the page says on its console, what fails in its scripts, and what it asks in dialogs."""

        def noted(message):  # type: ignore[no-untyped-def]
            if message.type in {"error", "warning"}:
                self.complaints.append(message.text)

        def refused(dialog):  # type: ignore[no-untyped-def]
            self.complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        self.page.on("console", noted)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", refused)


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

        page.route("**/*", refuse)
        watched.listen()
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return watched

    return opened


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on this machine over the town of `tests.layers.households`; its address. Its residents may be
    reviewed with `TOKEN`."""
    home = tmp_path_factory.mktemp("served")
    store = Store.open(home=home)
    store.migrate()
    households.settle(store)
    households.move_in(store, *households.HOMES, EVIL)
    households.match(store)
    store.close()
    with serving(home, review_token=TOKEN) as address:
        yield address


@contextmanager
def serving(home: Path, **settings: Any) -> Iterator[str]:
    """A server on this machine over the embedded store in a folder; its address."""
    app = create_app(Settings(home=home, trial=True, **settings), clock=lambda: town.NOW)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(15)


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Callable[[str], Watched]]:
    """Open a page of the server; every request to anywhere else is noted and refused."""
    context = browser.new_context(viewport=SIZE, locale="zh-CN")

    def opened(path: str) -> Watched:
        watched = Watched(context.new_page())

        def guard(route, request):  # type: ignore[no-untyped-def]
            if request.url.startswith((served, "data:")):
                route.continue_()
            else:
                watched.requests.append(request.url)
                route.abort()

        watched.page.route("**/*", guard)
        watched.listen()
        watched.page.goto(served + path)
        watched.page.wait_for_selector("html[data-ready=yes]", state="attached")
        return watched

    yield opened
    context.close()
