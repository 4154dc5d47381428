"""What tests share: settings, and for the browser Chromium, a page, a JupyterLab to open."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

PROJECT = Path(__file__).resolve().parent.parent

# The same examples at every run, and no stopwatch: a slow machine is no mistake.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# Rendering in software, and nothing that looks for the network: the same picture on every machine.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The path of Chromium or Chrome, where there is one."""
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium or Chrome; without one, the tests that need it are skipped."""
    path = find_chromium()
    if path is None:
        message = "no Chromium found: install it, or set CHROMIUM to its path"
        # In continuous integration a skipped test would be a lost one.
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return path


@pytest.fixture(scope="module")
def browser(chromium):
    """A running Chromium. One a module: Playwright's event loop must not outlive its tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """An empty page, of a laptop's size."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@dataclass
class Lab:
    """A running JupyterLab: its folder, its terminal, and where it answers."""

    folder: Path
    terminal: Path
    address: str
    token: str

    def url(self, path: str = "") -> str:
        """Where to open a file of the folder; without one, the page that ``make lab`` opens."""
        return f"{self.address}{f'doc/tree/{path}' if path else ''}?token={self.token}"

    def log(self) -> str:
        """All it has written to its terminal so far."""
        return self.terminal.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def whole_site(tmp_path_factory):
    """The folder of the static edition of all chapters, made as ``make site`` makes it."""
    folder = tmp_path_factory.mktemp("whole") / "site"
    command = [sys.executable, "-m", "gdlab.site", folder]
    made = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the chapters."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(PROJECT / "notebooks", folder / "notebooks")
    with jupyterlab(tmp_path_factory.mktemp("home"), folder) as lab:
        yield lab


@contextmanager
def jupyterlab(home: Path, folder: Path):
    """JupyterLab, started as ``make lab`` does, but with no history."""
    terminal = home / "terminal.txt"
    places = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--notebook-dir={folder}"]
    command += ["--LabApp.expose_app_in_browser=True"]  # so that tests can run cells at once
    with terminal.open("w") as log:
        server = subprocess.Popen(
            [*command, f"--config={PROJECT / 'jupyter_lab_config.py'}"],
            env=os.environ | places | {"HOME": str(home)},
            stdout=log,
            stderr=log,
        )
    try:
        yield Lab(folder, terminal, *address_and_token(home / "RUNTIME", server, terminal))
    finally:
        server.terminate()
        server.wait(timeout=30)


def address_and_token(runtime: Path, server: subprocess.Popen, terminal: Path) -> tuple[str, str]:
    """Wait until the server says where it answers."""
    from jupyter_server.serverapp import list_running_servers

    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        for info in list_running_servers(runtime):
            return info["url"], info["token"]
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{terminal.read_text(encoding='utf-8')}")
