"""Releases and models in the demonstration: quality, gates, approval, real training, evaluation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation import queries as annotation
from headwater.annotation.model import BatchKind
from headwater.core.canonical import digest, plain
from headwater.core.errors import ConflictError
from headwater.demo import model, supply
from headwater.demo.labelling import QUESTION, VALUES, truths
from headwater.evaluation import service as evaluation
from headwater.evaluation.model import Sample
from headwater.governance import queries as governance
from headwater.governance import waivers
from headwater.governance.model import Decision, NotYoursError
from headwater.quality import acceptance, assessments, labels
from headwater.quality import queries as quality
from headwater.release import gates, service
from headwater.release import queries as releases
from headwater.release.model import Selection
from headwater.remediation import queries as remediation
from headwater.remediation.evidence import text_of
from headwater.remediation.model import BriefState
from headwater.sourcing import queries as sourcing
from headwater.text import normal
from headwater.training import service as training

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.demo.story import Story
    from headwater.release.model import Gate, Release

DATASET = "support-topics"
EVAL_SET = "production"
RETRAINS = 5
AQL = 10.0
WORST_ACCEPTED = 0.35
"""Share of errors in the sample up to which the lead of the demonstration waives a failed batch to ship on time."""


def assure(story: Story, campaign: str) -> dict[str, Any]:
    """Measure a campaign, resolve its labels, inspect and decide on its batches."""

    def measure(ctx: Context) -> dict[str, Any]:
        rows = assessments.assess(ctx, campaign, question=QUESTION, seed=story.seed)
        resolved = labels.resolve(ctx, campaign, question=QUESTION)
        estimates = {f"{row.metric}|{row.scope}": plain(asdict(row.estimate)) for row in rows}
        return {"estimates": estimates, "labels": len(resolved), "method": resolved[0].method}

    found = story.once(f"assure:{campaign}", "operations", measure)
    with story.read() as ctx:
        batches = [batch for batch in annotation.batches(ctx, campaign) if batch.kind is BatchKind.WORK]
    found["batches"] = {batch.name: _inspect(story, batch.id, batch.name) for batch in batches}
    return found


def _inspect(story: Story, batch: str, name: str) -> str:
    """Inspect a batch by the expert; accept it, or decide about it as the lead of the demonstration would."""

    def judge(ctx: Context) -> dict[str, Any]:
        truth = truths(ctx)
        row = quality.inspection(ctx, batch)
        record = {item.task_id: item.record_id for item in quality.labels(ctx, batches=[batch])}
        rng = story.rng("expert", name)
        given = {
            task: truth[record[task]] if rng.random() > 0.01 else str(rng.choice(VALUES))  # noqa: PLR2004 -- experts slip too
            for task in row.sample
        }
        done = acceptance.judge(ctx, batch, truth=given)
        return {"errors": len(done.errors), "sample": len(done.sample), "passed": done.passed}

    def draw(ctx: Context) -> dict[str, Any]:
        return {"sample": len(acceptance.draw(ctx, batch, question=QUESTION, aql=AQL, seed=story.seed).sample)}

    def propose(ctx: Context) -> dict[str, Any]:
        acceptance.propose(ctx, batch)
        return {}

    story.once(f"draw:{batch}", "operations", draw)
    seen = story.once(f"judge:{batch}", "expert", judge)
    story.once(f"offer:{batch}", "operations", propose)
    share = seen["errors"] / seen["sample"]
    if seen["passed"] or share <= WORST_ACCEPTED:
        reason = (
            "Inspection passed."
            if seen["passed"]
            else f"Shipped with {share:.0%} errors in the sample; to be repaired."
        )
        story.decide(
            f"batch:{batch}",
            batch,
            Decision.BATCH_ACCEPT,
            lambda ctx: acceptance.accept(ctx, batch, reason=reason),
        )
    else:
        story.decide(
            f"batch:{batch}",
            batch,
            Decision.BATCH_ACCEPT,
            lambda ctx: acceptance.reject(ctx, batch, reason=f"{share:.0%} errors in the sample."),
        )
    with story.read() as ctx:
        row = quality.inspection(ctx, batch)
    errors = f"{seen['errors']} {'error' if seen['errors'] == 1 else 'errors'}"
    return f"{row.verdict.value if row.verdict else 'open'} ({errors} in {seen['sample']})"


def release(story: Story, key: str) -> Release:
    """Build a release, tell where its gates stand, waive what the lead would, and have it approved and published.

    Raises:
        ConflictError: A gate is open that nobody in the lead's place would waive.
    """
    made = story.once(
        f"release:{key}",
        "operations",
        lambda ctx: {"id": service.build(ctx, dataset=DATASET, selection=Selection(question=QUESTION)).id},
    )["id"]
    with story.read() as ctx:
        found = releases.gates_now(ctx, releases.release(ctx, made))
    for gate in found:
        state = "passed" if gate.passed else "waived before" if gate.waiver else "open"
        story.tell(f"Gate {gates.name(gate)}: {gate.measured}, needs {gate.comparison} {gate.required:g}: {state}.")
    for gate in found:
        if gate.open:
            _waive(story, key, gate)
    story.once(f"propose:{key}", "operations", partial(_proposed, made=made))
    if _refused(story, made):
        story.tell("The Responsible tried to approve the release and was refused.")
    story.decide(
        f"release:{key}",
        made,
        Decision.RELEASE_APPROVE,
        lambda ctx: service.approve(ctx, made, reason="Fit for a first model." if key == "1" else "Repairs are in."),
    )
    story.once(f"publication:{key}", "operations", partial(_offered, made=made))
    story.decide(
        f"publish:{key}", made, Decision.RELEASE_PUBLISH, lambda ctx: service.publish(ctx, made, reason="For training.")
    )
    with story.read() as ctx:
        return releases.release(ctx, made)


def _refused(story: Story, made: str) -> bool:
    """Return whether the Responsible, who tries to approve, is refused."""
    with story.read() as ctx:
        if releases.release(ctx, made).state.value != "candidate":
            return False
    try:
        with story.act("operations") as ctx:
            service.approve(ctx, made, reason="It is ours.")
    except NotYoursError:
        return True
    raise ConflictError("The Responsible approved a release: decision rights do not hold.")


def excuse(gate: Gate, *, is_first: bool, is_repaired: bool) -> str:
    """Return why the lead of the demonstration waives an open gate; empty when nobody in that place would.

    What was measured may not be told apart from the standard; a first model is not used yet and is to show what to
    repair; a later release is waived only while briefs repair what the first one showed. Personal data in a release,
    and a standard that nobody measured, are never waived.
    """
    if gate.metric == "pii.residual" or not gate.measured.n:
        return ""
    if gate.measured.low <= gate.required <= gate.measured.high:
        return f"the interval of {gate.measured} holds the standard"
    if is_first:
        return f"{gate.measured}: a first model, used by nobody yet, shows what to repair"
    return f"{gate.measured}: briefs that are not closed repair it" if is_repaired else ""


def _waive(story: Story, key: str, open_gate: Gate) -> None:
    with story.read() as ctx:
        is_repaired = any(row.state is BriefState.AUTHORISED for row in remediation.briefs(ctx))
    gate, why = gates.name(open_gate), excuse(open_gate, is_first=key == "1", is_repaired=is_repaired)
    if not why:
        raise ConflictError(
            f"Gate {gate} of release {key} is open ({open_gate.measured}), and it is none that a lead waives.",
            remedy="Repair the data, or choose another --seed.",
        )

    def ask(ctx: Context) -> dict[str, Any]:
        expires = ctx.clock.now() + timedelta(days=30)
        return {"id": waivers.request(ctx, standard=gate, reason=f"Release {key}: {why}", expires_at=expires).id}

    with story.read() as ctx:
        if any(waiver.standard == gate for waiver in governance.live_waivers(ctx)):
            return
    waiver = story.once(f"waiver:{key}:{gate}", "operations", ask)["id"]
    story.decide(
        f"waive:{key}:{gate}",
        waiver,
        Decision.WAIVER_GRANT,
        lambda ctx: waivers.grant(ctx, waiver, reason=f"{why[:1].upper()}{why[1:]}."),
    )
    story.tell(f"Gate {gate} was waived by the Accountable: {why}.")


def learn(story: Story, made: Release) -> list[dict[str, Any]]:
    """Train and evaluate a classifier several times on a release; returns each accuracy with its interval."""
    with story.read() as ctx:
        rows = [row for row in releases.members(ctx, made.id).to_pylist() if row["split"] == "train"]
        value = dict(
            zip(*(releases.labels(ctx, made.id).column(n).to_pylist() for n in ("record_id", "value")), strict=True)
        )
        records = sourcing.take(ctx, [row["record_id"] for row in rows])
    texts = [text_of(record.text, record.payload) for record in records]
    targets, weights = [value[row["record_id"]] for row in rows], [row["weight"] for row in rows]
    traffic = supply.production()
    found = []
    for number in range(RETRAINS):
        story.progress(f"training on {made.version}", number, RETRAINS)
        seed = story.seed * 1000 + number
        trained = model.train(texts, targets, weights, seed=seed)
        outputs, _ = trained.predict([text_of(item.text, item.payload) for item in traffic])
        samples = [
            Sample(
                sample_id=normal.fingerprint(item.text)[:24],
                input=text_of(item.text, item.payload),
                target=str(item.attributes["category"]),
                output=output,
                passed=output == item.attributes["category"],
                slices={"length": normal.length_bin(item.text)},
            )
            for item, output in zip(traffic, outputs, strict=True)
        ]
        register = partial(_register, made=made, samples=samples, seed=seed)
        found.append(story.once(f"run:{made.id}:{number}", "engineer", register))
    return found


def _register(ctx: Context, *, made: Release, samples: list[Sample], seed: int) -> dict[str, Any]:
    run = training.register(
        ctx,
        release=made.id,
        name="tf-idf + logistic regression",
        seed=seed,
        params={"words": [1, 2], "characters": [2, 4], "C": 20.0},
        model_digest=digest([sample.output for sample in samples]),
    )
    row = evaluation.import_results(ctx, run=run.id, eval_set=EVAL_SET, samples=samples)
    return {"evaluation": row.id, "accuracy": plain(asdict(row.accuracy))}


def mean_accuracy(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the accuracy of a release: the mean over retrains, with the widest of their intervals."""
    values = [row["accuracy"] for row in found]
    return {
        "value": float(np.mean([row["value"] for row in values])),
        "low": min(row["low"] for row in values),
        "high": max(row["high"] for row in values),
        "n": values[0]["n"],
        "retrains": len(values),
        "method": "mean over retrains; outermost Wilson bounds of single retrains",
    }


def _proposed(ctx: Context, *, made: str) -> dict[str, Any]:
    service.propose(ctx, made)
    return {}


def _offered(ctx: Context, *, made: str) -> dict[str, Any]:
    service.propose_publication(ctx, made)
    return {}
