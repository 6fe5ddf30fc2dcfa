"""The real servers of the suite: PostgreSQL in a temporary cluster, and headless Chromium."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The best first: the shell has Chromium's engine alone, and takes half the time for a page."""
_ROOM = 4 << 30
PATIENCE_MS = 15_000
"""How long a page may take to show what it is to show, on a machine that does something else besides."""
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server that belongs to this test process alone.

    It writes through as in production, to memory where there is room: processes are killed in tests, not the power.
    """
    with postgres(_in_memory()) as url:
        yield url


@contextmanager
def postgres(place: Path | None = None) -> Iterator[str]:
    """Start a PostgreSQL server in a temporary folder at a place, with fsync as in production; stop it at the end."""
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="headwater-postgres-", dir=place))
    account = _unprivileged() if os.getuid() == 0 else None
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(command: str, *options: str) -> None:
        done = subprocess.run(
            [str(binaries / command), "-D", str(folder / "data"), *options],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)},
        )
        if done.returncode:
            log = folder / "log"
            pytest.fail(f"{command} failed: {done.stderr}\n{log.read_text() if log.exists() else ''}")

    port = free_port()
    try:
        run("initdb", "-U", "headwater", "-A", "trust", "-E", "UTF8", "--no-instructions")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=300"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://headwater@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """The system's folder in memory, unless it has less room than the logs of two servers may take."""
    shared = Path("/dev/shm")  # noqa: S108 -- what is made in it has a name nobody knows before
    return shared if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOM else None


def _postgres_binaries() -> Path:
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        pytest.fail("PostgreSQL is not installed; run: make system")
    return Path(found).resolve().parent


def _unprivileged() -> pwd.struct_passwd:
    """The account of the server when the tests run as root, which PostgreSQL refuses to do."""
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless; without a window around each page where it is built so."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    if binary is None:
        pytest.fail("Chromium is not installed; run: make system")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=binary, args=list(CHROMIUM_FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a browser session of its own; what it shows at the end is kept in `artefacts/`."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    ARTEFACTS.mkdir(exist_ok=True)
    opened.screenshot(path=ARTEFACTS / f"{request.node.name[:100]}.png")
    context.close()
