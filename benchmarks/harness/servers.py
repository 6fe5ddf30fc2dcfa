"""Servers of either side, in processes of their own, watched from outside: what they use of CPU and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    url: str
    pid: int

    def cpu_s(self) -> float:
        """Return the seconds of CPU used so far by the server and the processes it started."""
        return sum(_cpu_s(pid) for pid in self._family())

    def memory_mb(self) -> float:
        """Return the most memory held so far by the server and the processes it started, in MB."""
        return sum(_status_mb(pid, "VmHWM:") for pid in self._family())

    def own_mb(self) -> float:
        """Return the memory they hold now that is not mapped from files such as libraries, in MB."""
        return sum(_status_mb(pid, "RssAnon:") for pid in self._family())

    def _family(self) -> list[int]:
        family, fresh = [self.pid], [self.pid]
        while fresh:
            listed = Path(f"/proc/{fresh.pop()}/task").glob("*/children")
            children = [int(pid) for path in listed for pid in path.read_text(encoding="ascii").split()]
            family += children
            fresh += children
        return family


@contextmanager
def serving(command: Sequence[object], url: str, *, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server until the block ends, waiting first until it answers."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        yield from _served(process, url, said)


def _served(process: subprocess.Popen[bytes], url: str, said: IO[bytes]) -> Iterator[Server]:
    try:
        try:
            _wait(process, url)
        except RuntimeError:
            said.seek(0)
            print(said.read()[-2000:].decode(errors="replace"), file=sys.stderr)
            raise
        yield Server(url=url, pid=process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with exit code {process.returncode}.")
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not answer at {url} within {_PATIENCE_S:g} s.")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _status_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0
