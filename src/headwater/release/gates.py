"""Gates: the charter's standards and the platform's own rules, measured on what a release would hold."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from headwater.governance import queries as governance
from headwater.quality import pooling
from headwater.quality import queries as quality
from headwater.quality.yardsticks import METRICS
from headwater.release.model import Gate
from headwater.sourcing import slices
from headwater.stats.interval import Estimate, wilson
from headwater.text import personal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context
    from headwater.governance.model import CriticalSlice, Standard
    from headwater.quality.model import Label
    from headwater.sourcing.model import Record


def measure(ctx: Context, labels: Sequence[Label], records: Sequence[Record]) -> tuple[Gate, ...]:
    """Return every gate of a release with what was measured and whether it passes.

    A standard that nobody has measured does not pass. A live waiver of the Accountable opens a gate by name
    (`agreement.alpha`, or `agreement.alpha:topic` with its scope).
    """
    charter = governance.program(ctx).charter
    waivers = {waiver.standard: waiver.id for waiver in governance.live_waivers(ctx)}
    gates = [_standard(ctx, standard, labels, records) for standard in charter.standards]
    gates += [_critical(wanted, records) for wanted in charter.critical_slices]
    return tuple(waived(gate, waivers) for gate in gates)


def name(gate: Gate) -> str:
    """Return the name by which a gate is waived."""
    return f"{gate.metric}:{gate.scope}" if gate.scope else gate.metric


def waived(gate: Gate, waivers: dict[str, str]) -> Gate:
    """Return a gate with the live waiver that opens it, if it needs one and there is one."""
    waiver = waivers.get(name(gate)) or waivers.get(gate.metric)
    if gate.passed or waiver is None:
        return gate
    return Gate(
        metric=gate.metric,
        comparison=gate.comparison,
        required=gate.required,
        scope=gate.scope,
        measured=gate.measured,
        passed=False,
        waiver=waiver,
        note=gate.note,
    )


def _standard(ctx: Context, standard: Standard, labels: Sequence[Label], records: Sequence[Record]) -> Gate:
    if standard.metric == "pii.residual":
        measured = _residual(records)
    elif standard.metric in METRICS:
        measured = _agreement(ctx, standard, labels)
    else:
        measured = _worst(ctx, standard, labels)
    return Gate(
        metric=standard.metric,
        comparison=standard.comparison,
        required=standard.value,
        scope=standard.scope,
        measured=measured,
        passed=standard.holds(measured.value),
        note=measured.note,
    )


def _agreement(ctx: Context, standard: Standard, labels: Sequence[Label]) -> Estimate:
    """Return agreement over the answers behind the release's own labels, of all campaigns together."""
    question = standard.scope or next((label.question for label in labels), "")
    batches = sorted({label.batch_id for label in labels})
    return pooling.agreement(ctx, standard.metric, question=question, batches=batches)


def _worst(ctx: Context, standard: Standard, labels: Sequence[Label]) -> Estimate:
    """Return the least favourable of the latest measures of the batches' campaigns."""
    batches = Counter(label.batch_id for label in labels)
    found = [
        measure.estimate
        for measure in quality.latest(ctx, metric=standard.metric, batches=tuple(batches))
        if measure.scope in ("", standard.scope, f"question:{standard.scope}")
    ]
    if not found:
        return Estimate(
            value=math.nan,
            low=math.nan,
            high=math.nan,
            n=0,
            method="not measured",
            note=f"Nobody has measured {standard.metric} for these batches; run the quality assessment first.",
        )
    return (min if standard.comparison == ">=" else max)(found, key=lambda estimate: estimate.value)


def _residual(records: Sequence[Record]) -> Estimate:
    hits = sum(1 for record in records if personal.find(record.text))
    return wilson(hits, len(records))


def _critical(wanted: CriticalSlice, records: Sequence[Record]) -> Gate:
    predicate = slices.parse(wanted.predicate)
    count = sum(1 for record in records if predicate.matches(record.attributes))
    measured = Estimate(
        value=float(count), low=float(count), high=float(count), n=len(records), method="count of members"
    )
    return Gate(
        metric="coverage.critical",
        comparison=">=",
        required=float(wanted.minimum),
        scope=wanted.name,
        measured=measured,
        passed=count >= wanted.minimum,
        note=wanted.predicate,
    )
