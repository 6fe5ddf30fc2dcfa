"""Watching by itself: while the server runs, answers and deadlines are looked at, policies followed, jobs taken up."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from headwater.annotation import automation_runs, deadlines
from headwater.core.errors import HeadwaterError
from headwater.governance import queries as governance
from headwater.governance.model import Decision, Involvement
from headwater.quality import vigilance

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.app.application import App
    from headwater.context import Context

_log = logging.getLogger(__name__)
_SETTLED_S = 10.0
"""How long those who waited for the server to start go before."""
_ASKED_S = 1.0
"""How often the server looks for jobs that were asked for elsewhere, or whose process died."""
_LOGGED_S = 0.5
"""How often it looks whether the database's log has become long."""


class Watcher:
    """Asks every so often which campaigns are due and starts a durable job for each."""

    def __init__(self, app: App) -> None:
        """Watch the programs of an open workspace that runs jobs."""
        self._app = app
        self._stop = threading.Event()
        self._followed: dict[str, tuple[int, int, str]] = {}
        minutes = app.settings.watch_minutes
        self._threads = [
            self._repeating("watcher", _SETTLED_S, minutes * 60, self.look, self.warn, self.automate),
            self._repeating("jobs", 0, _ASKED_S, app.jobs.take_over),
            self._repeating("log", _LOGGED_S, _LOGGED_S, app.database.checkpoint),
        ]

    def start(self) -> None:
        """Begin; looks soon, then as often as the settings say; at jobs that nobody runs and at the log each second."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; a job under way goes on."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def look(self) -> list[str]:
        """Start a job for every campaign that is due, on behalf of somebody who accepts the work; returns their ids.

        Several servers of one workspace may ask at once: a campaign at so many answers has one job. Where the chart
        names nobody for it, nothing is started, and the campaign is a concern (see `vigilance.overdue`).
        """
        started = []
        for program in self._programs():
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
        count = 0
        for program in self._programs():
            actor = self._whom(program, Decision.BATCH_ACCEPT)
            if not actor:
                continue
            with self._app.read_as(actor, program) as ctx:
                found = deadlines.untold(ctx)
            if found:
                with self._app.act_as(actor, program) as ctx:
                    count += deadlines.warn(ctx, found)
        return count

    def automate(self) -> int:
        """Let models answer what the policies give to them, on behalf of somebody who decides on automation.

        Returns how many tasks were answered. Nothing is looked at again until the campaign, its tasks or the model's
        proposals have changed. Who decides on automation is told once when a model may not answer any more.
        """
        count = 0
        for program in self._programs():
            actor = self._whom(program, Decision.AUTOMATION_CHANGE)
            if not actor:
                continue
            with self._app.read_as(actor, program) as ctx:
                due, lapsed = automation_runs.due(ctx), automation_runs.lapsed(ctx)
            for each in due:
                if self._followed.get(each.certificate.id) != each.mark:
                    count += self._follow(actor, program, each.certificate.id)
                    self._followed[each.certificate.id] = each.mark
            if lapsed:
                with self._app.act_as(actor, program) as ctx:
                    automation_runs.tell(ctx, lapsed)
        return count

    def _follow(self, actor: str, program: str, certificate: str) -> int:
        """Let a model answer, part by part, until nothing is left for it."""
        count = 0
        while not self._stop.is_set():
            with self._app.act_as(actor, program) as ctx:
                done = automation_runs.follow(ctx, certificate)
            count += done.answered
            if not done.answered + done.audited:
                break
        return count

    def _programs(self) -> list[str]:
        with self._app.read_as() as ctx:
            return [item.id for item in governance.programs(ctx)]

    def _whom(self, program: str, decision: Decision) -> str:
        with self._app.read_as(program=program) as ctx:
            return _responsible(ctx, decision)

    def _repeating(self, name: str, first_s: float, every_s: float, *acts: Callable[[], object]) -> threading.Thread:
        """Return a thread that does so again and again, whatever goes wrong."""

        def run() -> None:
            pause = first_s
            while not self._stop.wait(pause):
                pause = every_s
                for act in acts:
                    try:
                        act()
                    except HeadwaterError as error:
                        _log.warning("What is due could not be looked at: %s", error)
                    except Exception:  # noqa: BLE001 -- the next look may succeed
                        _log.exception("What is due could not be looked at.")

        return threading.Thread(target=run, name=name, daemon=True)


def _responsible(ctx: Context, decision: Decision = Decision.BATCH_ACCEPT) -> str:
    """Return for whom it is done: the first Responsible for a decision, else the Accountable; empty when nobody is."""
    for how in (Involvement.RESPONSIBLE, Involvement.ACCOUNTABLE):
        found = governance.involved(ctx, decision, how)
        if found:
            return str(found[0])
    return ""
