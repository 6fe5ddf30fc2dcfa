"""Watching by itself: while the server runs, open campaigns are looked at as answers come in, and their deadlines."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from headwater.annotation import deadlines
from headwater.core.errors import HeadwaterError
from headwater.governance import queries as governance
from headwater.governance.model import Decision, Involvement
from headwater.quality import vigilance

if TYPE_CHECKING:
    from headwater.app.application import App
    from headwater.context import Context

_log = logging.getLogger(__name__)


class Watcher:
    """Asks every so often which campaigns are due and starts a durable job for each."""

    def __init__(self, app: App) -> None:
        """Watch the programs of an open workspace that runs jobs."""
        self._app = app
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin; looks at once, then as often as the settings say."""
        self._thread.start()

    def stop(self) -> None:
        """End; a job under way goes on."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> list[str]:
        """Start a job for every campaign that is due, on behalf of somebody who accepts the work; returns their ids.

        Several servers of one workspace may ask at once: a campaign at so many answers has one job. Where the chart
        names nobody for it, nothing is started, and the campaign is a concern (see `vigilance.overdue`).
        """
        with self._app.read_as() as ctx:
            programs = [item.id for item in governance.programs(ctx)]
        started = []
        for program in programs:
            with self._app.read_as(program=program) as ctx:
                actor, due = _responsible(ctx), vigilance.due(ctx)
            for each in due if actor else []:
                key = f"watch:{each.campaign_id}:{each.known}:{each.answers}"
                args = {"campaign": each.campaign_id}
                started.append(self._app.jobs.start("watch", args, program=program, actor=actor, key=key))
        return started

    def warn(self) -> int:
        """Tell of every deadline that will be or is missed, on behalf of somebody who accepts the work; once for each.

        Returns how many were told of. What has to be computed is computed before the transaction that tells.
        """
        with self._app.read_as() as ctx:
            programs = [item.id for item in governance.programs(ctx)]
        count = 0
        for program in programs:
            with self._app.read_as(program=program) as ctx:
                actor = _responsible(ctx)
            if not actor:
                continue
            with self._app.read_as(actor, program) as ctx:
                found = deadlines.untold(ctx)
            if found:
                with self._app.act_as(actor, program) as ctx:
                    count += deadlines.warn(ctx, found)
        return count

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
                self.warn()
            except HeadwaterError as error:
                _log.warning("Campaigns could not be looked at: %s", error)
            except Exception:  # noqa: BLE001 -- the next look may succeed, and the campaign is a concern meanwhile
                _log.exception("Campaigns could not be looked at.")
            self._stop.wait(self._app.settings.watch_minutes * 60)


def _responsible(ctx: Context) -> str:
    """Return who watches: the first Responsible for accepting the work, else the Accountable; empty when nobody is."""
    for how in (Involvement.RESPONSIBLE, Involvement.ACCOUNTABLE):
        found = governance.involved(ctx, Decision.BATCH_ACCEPT, how)
        if found:
            return str(found[0])
    return ""
