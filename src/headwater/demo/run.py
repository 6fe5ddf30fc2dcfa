"""The demonstration from end to end: the loop once, and once more after the repairs."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headwater.annotation import queries as annotation
from headwater.core.canonical import plain
from headwater.demo import alarms, content, doubts, labelling, learning, repair, supply
from headwater.demo.story import Story, begin
from headwater.evaluation import comparisons
from headwater.governance import accounts, ledger
from headwater.governance.model import SYSTEM
from headwater.release import gates
from headwater.release import queries as releases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headwater.release.model import Release

SIMULATED = (
    "Annotators are simulated: they know what the corpus says and err as their cohort is made to. Everything else is "
    "real: corpus, database, queue, statistics, training, evaluation, decisions, signatures."
)


def run(
    directory: Path,
    *,
    seed: int,
    tell: Callable[[str], None],
    progress: Callable[[str, int, int], None],
) -> dict[str, Any]:
    """Run the demonstration, or go on with one that was interrupted, and return its numbers.

    Args:
        directory: The workspace; made when missing.
        seed: Chooses the cohorts' behaviour, the starved topics, every slip: a slightly different story.
        tell: Told what happens, one line at a time.
        progress: Told how far a long step is: its name, done, total.
    """
    started = time.monotonic()
    story = begin(directory, seed=seed, tell=tell, progress=progress)
    with story.app:
        report = _loop(story)
        with story.app.read_as() as ctx:
            audits = ledger.verify_all(ctx)
        report["ledger"] = {
            "entries": sum(audit.entries for audit in audits),
            "verified": all(audit.verified for audit in audits),
        }
    report |= {"seed": seed, "simulated": SIMULATED, "seconds": round(time.monotonic() - started, 1)}
    tell(f"Ledger: {report['ledger']['entries']:,} entries, verified: {report['ledger']['verified']}.")
    return report


def links(directory: Path, *, base: str) -> dict[str, str]:
    """Return a link for each of the four roles that signs in once."""
    from headwater.app.application import open_app  # noqa: PLC0415
    from headwater.demo.people import ROLES  # noqa: PLC0415
    from headwater.governance import queries  # noqa: PLC0415

    with open_app(directory) as app, app.act_as(SYSTEM) as ctx:
        return {
            handle: f"{base}/sign-in/link/{accounts.sign_in_link(ctx, person=queries.person_by_handle(ctx, handle).id)}"
            for handle in (*ROLES, "in-house-1")
        }


def _loop(story: Story) -> dict[str, Any]:
    pool = supply.supply(story)
    documents = labelling.publish(story, content.guideline())
    campaign = labelling.open_campaign(story, "topics", documents, labelling.shares(story))
    answers = labelling.work(story, campaign, story.teams)
    calibration = labelling.calibration(story, documents["guideline"])
    labelling.finish(story, campaign)
    first = learning.assure(story, campaign)
    alpha = first["estimates"][f"agreement.alpha|question:{labelling.QUESTION}"]
    story.tell(f"{answers:,} answers; alpha {alpha['value']:.3f} [{alpha['low']:.3f}, {alpha['high']:.3f}].")
    for name, verdict in first["batches"].items():
        story.tell(f"Batch {name}: {verdict}.")
    alarms.tell(story, campaign)
    one = learning.release(story, "1")
    accuracy = {one.version: learning.mean_accuracy(learning.learn(story, one))}
    _say(story, one, accuracy)
    seen = repair.understand(story, one)
    ordered = repair.order(story, one)
    documents = labelling.publish(story, repair.clarified(), change="Tie-breaks stand at a glance.")
    rework = repair.carry_out(story, ordered, documents) if ordered else ""
    if rework:
        labelling.work(story, rework, story.teams)
        labelling.finish(story, rework)
        learning.assure(story, rework)
    two = learning.release(story, "2")
    accuracy[two.version] = learning.mean_accuracy(learning.learn(story, two))
    _say(story, two, accuracy)
    with story.read() as ctx:
        compared = comparisons.compare(ctx, one.id, two.id, eval_set=learning.EVAL_SET, seed=story.seed)
    story.tell(f"Comparison over retrains: {compared.overall.change}: {compared.overall.verdict}.")
    verdicts = repair.verify(story, one, two)
    for row in verdicts:
        story.tell(f"Brief ({row['type']}) for {row['subject']}: {row['verdict']}.")
    doubted = doubts.relabel(story, campaign, into=rework) if rework else {}
    return {
        **pool,
        "answers": _answers(story),
        "calibration": calibration,
        "alpha": {name: alpha[name] for name in ("value", "low", "high", "n")},
        "releases": [_released(story, row) for row in (one, two)],
        "accuracy": accuracy,
        "comparison": plain(asdict(compared.overall)),
        "findings": seen["findings"],
        "briefs": verdicts,
        "label_errors": doubted,
        "noisy_cohort": {"planted": _noisiest(story), "named": _named(first), "diagnosed": seen["noisy"]},
        "conflict": {"planted": _conflict(story), "diagnosed": seen["conflicts"]},
        "integrity": alarms.report(story),
        "starved": list(supply.starved(story)),
        "batches": first["batches"],
    }


def _released(story: Story, made: Release) -> dict[str, Any]:
    """Return a release with the state of each of its gates as they stand now."""
    with story.read() as ctx:
        rows = releases.gates_now(ctx, made)
    states = {gates.name(row): "passed" if row.passed else "waived" if row.waiver else "open" for row in rows}
    return {"version": made.version, "digest": made.digest, "members": made.members, "gates": states}


def _say(story: Story, made: Release, accuracy: dict[str, Any]) -> None:
    found = accuracy[made.version]
    story.tell(
        f"Release {made.version}: {made.members:,} members; production accuracy {found['value']:.1%} "
        f"[{found['low']:.1%}, {found['high']:.1%}] over {found['retrains']} retrains."
    )


def _answers(story: Story) -> int:
    """Return how many answers all campaigns hold, calibration and gold among them."""
    with story.read() as ctx:
        return sum(
            len(annotation.answers(ctx, campaign.id, question=labelling.QUESTION).task)
            for campaign in annotation.campaigns(ctx)
        )


def _noisiest(story: Story) -> str:
    return max(story.teams, key=lambda each: each.slip).team


def _conflict(story: Story) -> list[str]:
    return next([each.team, f"target = '{each.misread}'"] for each in story.teams if each.misread)


def _named(found: dict[str, Any]) -> str | None:
    """Return the team that gold names as noisy: the worst one, if its whole interval lies below the overall value."""
    prefix = "gold.accuracy|cohort:"
    teams = {name.removeprefix(prefix): row for name, row in found["estimates"].items() if name.startswith(prefix)}
    if not teams:
        return None
    worst = min(teams, key=lambda name: teams[name]["value"])
    return worst if teams[worst]["high"] < found["estimates"]["gold.accuracy|"]["value"] else None
