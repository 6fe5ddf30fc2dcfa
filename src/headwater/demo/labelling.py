"""Labelling in the demonstration: schema, guideline, campaigns, and annotators that are simulated and say so."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from headwater.annotation import batches, campaigns, gold, guidelines, schemas, tasks
from headwater.annotation import queries as annotation
from headwater.annotation.content import of_record
from headwater.annotation.model import BatchKind
from headwater.annotation.plan import Plan
from headwater.annotation.submissions import Submission
from headwater.core.canonical import digest
from headwater.demo import content
from headwater.governance import queries as governance
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.stats.interval import wilson
from headwater.workforce import queries as workforce
from headwater.workforce.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.handouts import Assignment, Handout
    from headwater.context import Context
    from headwater.demo.people import Behaviour
    from headwater.demo.story import Story

QUESTION = "topic"
VALUES = tuple(topic.value for topic in content.TOPICS)
SHARES = {"in-house": 0.2, "vendor-a": 0.25, "vendor-b": 0.35, "vendor-c": 0.2}
"""Share of the first campaign each team's batch has."""
GOLD = 40
CALIBRATION = 10
PLAN = Plan(overlap=3, gold_rate=0.12, calibration_bar=0.3)


def publish(story: Story, text: str, *, change: str = "") -> dict[str, str]:
    """Publish the label schema and a version of the guideline."""
    options = [{"value": t.value, "label": t.name, "help": t.rule} for t in content.TOPICS]
    question = {
        "name": QUESTION,
        "kind": "single",
        "text": "Which team should answer this message?",
        "options": options,
    }

    def write_schema(ctx: Context) -> dict[str, Any]:
        row = schemas.create(ctx, name="Message topic", data=[question])
        return {"id": schemas.propose(ctx, row.id).id}

    def write_guideline(ctx: Context) -> dict[str, Any]:
        row = guidelines.create(ctx, name="Message topic", text=text, change=change)
        return {"id": guidelines.propose(ctx, row.id).id}

    schema = story.once("schema", "operations", write_schema)["id"]
    story.decide(
        "schema", schema, Decision.SCHEMA_PUBLISH, lambda ctx: schemas.approve(ctx, schema, reason="Covers production.")
    )
    key = f"guideline:{digest(text)[-12:]}"
    guideline = story.once(key, "operations", write_guideline)["id"]
    story.decide(
        key,
        guideline,
        Decision.GUIDELINE_PUBLISH,
        lambda ctx: guidelines.approve(ctx, guideline, reason=change or "First version."),
    )
    return {"schema": schema, "guideline": guideline}


def open_campaign(story: Story, name: str, documents: dict[str, str], work: dict[str, list[str]]) -> str:
    """Open a campaign with a batch for each team, hidden gold and a calibration round; returns its id."""
    spare = _gold_records(story)

    def create(ctx: Context) -> dict[str, Any]:
        truth = truths(ctx)
        row = campaigns.create(
            ctx, name=name, schema_id=documents["schema"], guideline_id=documents["guideline"], plan=PLAN
        )
        drill = [record for record in spare[:CALIBRATION] if record in truth]
        hidden = spare[CALIBRATION : CALIBRATION + GOLD]
        batches.add(ctx, row.id, name="calibration", records=drill, kind=BatchKind.CALIBRATION)
        for team, records in work.items():
            batches.add(ctx, row.id, name=f"{name} · {team}", records=records, skill=f"team:{team}")
        gold.mark(ctx, row.id, {record: {QUESTION: truth[record]} for record in (*drill, *hidden)})
        return {"id": campaigns.propose(ctx, row.id).id}

    key = f"campaign:{name}"
    campaign = str(story.once(key, "operations", create)["id"])
    story.decide(
        key, campaign, Decision.CAMPAIGN_OPEN, lambda ctx: campaigns.approve(ctx, campaign, reason="Standing capacity.")
    )
    return campaign


def shares(story: Story) -> dict[str, list[str]]:
    """Divide the records that are not gold among the teams."""
    with story.read() as ctx:
        everything = [record.id for record in sourcing.everything(ctx)]
    spare = set(_gold_records(story))
    rest = [record for record in everything if record not in spare]
    order = story.rng("shares").permutation(len(rest))
    found, start = {}, 0
    for team, share in SHARES.items():
        end = len(rest) if team == list(SHARES)[-1] else start + round(share * len(rest))
        found[team] = [str(rest[place]) for place in order[start:end]]
        start = end
    return found


def work(story: Story, campaign: str, teams: Sequence[Behaviour]) -> int:
    """Let the simulated annotators answer until nothing is left for any of them; returns the answers so far."""
    with story.read() as ctx:
        truth = {
            digest(of_record(record).shown): str(record.attributes["category"]) for record in sourcing.everything(ctx)
        }
        wanted = sum(batch.tasks for batch in annotation.batches(ctx, campaign)) * PLAN.overlap
        answered = _answered(story, ctx, campaign)
    desks = {handle: each for each in teams for handle in story.members(each.team)}
    given: dict[str, Handout] = {}
    while desks:
        # who gave fewest is next, so that a run which was killed in the middle of a round goes on with the others
        fewest = min(answered[handle] for handle in desks)
        for handle in [each for each in desks if answered[each] == fewest]:
            handout = given.pop(handle, None) or _claim(story, campaign, handle)
            if handout.assignment is None:
                del desks[handle]
                continue
            about = digest(handout.assignment.content)
            reply = _reply(story, handle, desks[handle], about, truth[about], answered[handle])
            answered[handle] += 1
            following = _answer(story, campaign, handle, handout.assignment, reply)
            if following is not None:
                given[handle] = following
        with story.read() as ctx:
            done = annotation.progress(ctx, campaign).answers
        story.progress("annotation", done, max(wanted, done))
    with story.read() as ctx:
        return annotation.progress(ctx, campaign).answers


def calibration(story: Story, guideline: str) -> dict[str, int]:
    """Tell how the calibration round of a guideline went, person by person; returns who took and who passed it."""
    with story.read() as ctx:
        rows = [row for row in workforce.qualifications(ctx) if row.subject == guideline and row.total]
        handles = governance.names(ctx)
    failed = {row.person for row in rows if row.outcome is Outcome.FAILED}
    taken, passed = {row.person for row in rows}, {row.person for row in rows if row.outcome is Outcome.PASSED}
    right, total = sum(row.right for row in rows), sum(row.total for row in rows)
    if rows:
        share = wilson(right, total)
        story.tell(
            f"Calibration: {len(passed)} of {len(taken)} annotators passed; {right} of {total} answers right, "
            f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]."
        )
        if failed - passed:
            story.tell(f"Not admitted after calibration: {', '.join(sorted(handles[who] for who in failed - passed))}.")
    return {"taken": len(taken), "passed": len(passed), "right": right, "total": total}


def finish(story: Story, campaign: str) -> None:
    """Seal the answers of every batch into the ledger."""
    with story.read() as ctx:
        open_ = [batch.id for batch in annotation.batches(ctx, campaign)]
    for batch in open_:
        story.once(f"seal:{batch}", "operations", lambda ctx, batch=batch: {"root": batches.seal(ctx, batch).root})  # type: ignore[misc]


def truths(ctx: Context) -> dict[str, str]:
    """Return what the corpus says each record is about: known to the simulation, never shown to annotators."""
    return {record.id: str(record.attributes["category"]) for record in sourcing.everything(ctx)}


def _gold_records(story: Story) -> list[str]:
    """Return the records set aside for calibration and gold, the same at every call."""

    def choose(ctx: Context) -> dict[str, Any]:
        everything = [record.id for record in sourcing.everything(ctx)]
        chosen = story.rng("gold").choice(len(everything), GOLD + CALIBRATION, replace=False)
        return {"records": [everything[place] for place in chosen]}

    return list(story.once("gold", "operations", choose)["records"])


def _claim(story: Story, campaign: str, handle: str) -> Handout:
    with story.act(handle) as ctx:
        return tasks.claim(ctx, campaign)


def _answered(story: Story, ctx: Context, campaign: str) -> Counter[str]:
    """Return how many answers each person gave in a campaign, by handle."""
    handles = {person: handle for handle, person in story.people.items()}
    found = Counter[str]()
    for row in annotation.tallies(ctx, campaign):
        found[handles[row.annotator]] += row.answers
    return found


class _Reply(NamedTuple):
    """What a simulated annotator does with a task."""

    about: str
    """Digest of what is shown."""
    value: str
    lead_time_ms: int


def _reply(story: Story, handle: str, behaviour: Behaviour, about: str, truth: str, answered: int) -> _Reply:
    rng = story.rng(handle, about)
    value, lead_time = behaviour.answer(truth, VALUES, rng), rng.gamma(4.0, 2500.0)
    hurry = story.hurry
    if hurry.handle == handle and (key := hurry.key(answered)) is not None:
        value, lead_time = str(story.rng(handle, "key", key).choice(VALUES)), lead_time * hurry.pace
    return _Reply(about, value, int(lead_time))


def _answer(story: Story, campaign: str, handle: str, assignment: Assignment, reply: _Reply) -> Handout | None:
    submission = Submission(
        lease_id=assignment.lease_id,
        token=assignment.token,
        client_id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{campaign}/{handle}/{reply.about}")),
        values={QUESTION: reply.value},
        lead_time_ms=reply.lead_time_ms,
    )
    with story.act(handle) as ctx:
        return tasks.submit(ctx, campaign, submission).next
