"""Plans by what must not pass: the lot tolerance (LTPD) at a consumer's risk, exact for one lot by itself.

Plans by AQL protect the maker over a series of lots. Where a lot stands alone, what counts is the chance that a bad
one passes: a lot with the tolerated share of wrong items is accepted with at most the consumer's risk.
"""

from __future__ import annotations

import math
from dataclasses import replace

import scipy

from headwater.core.errors import InvalidError
from headwater.stats.acceptance import sprt
from headwater.stats.acceptance.plans import CONSUMER_RISK, Plan, Stage, tolerated
from headwater.stats.acceptance.tables import Kind, Level, Severity

PRODUCER = 0.05
"""Most often that a lot at the acceptance limit may be rejected."""
_APART = 2.0
"""The tolerance is at least so many times the limit: nearer, hardly any sample tells them apart."""
_LONGEST = (1.5, 2.0, 3.0, 4.0)
"""Multiples of the single plan at which a sequential one may end."""


def plan(lot: int, *, ltpd: float, aql: float, consumer: float = CONSUMER_RISK, kind: Kind = Kind.SINGLE) -> Plan:
    """Return the smallest plan that keeps both risks: bad lots seldom pass, good ones are seldom rejected.

    Of the single plans it is the one with the smallest acceptance number. A sequential plan is Wald's test between the
    two shares. Where no sample smaller than the lot keeps both risks, all of it is inspected.

    Args:
        lot: Items in the lot, at least 2.
        ltpd: Share of wrong items that must not pass, in percent.
        aql: Share with which the lot is to be accepted with 95 %, in percent; at most half of the tolerance.
        consumer: Chance with which a lot at the tolerance may be accepted, in (0, 0.5).
        kind: Single or sequential.

    Raises:
        InvalidError: A number is outside its range, or the plan is to be a double one.

    Source:
        Dodge & Romig 1929 for the consumer's risk, hypergeometric in the lot itself; the producer's risk is binomial,
        as everywhere here. They choose by least inspection at a process average instead.
    """
    _check(lot, ltpd, aql, consumer)
    if kind is Kind.DOUBLE:
        raise InvalidError("Plans by tolerance are single or sequential.", remedy="Use one of these.")
    single = _single(lot, tolerated(lot, ltpd), aql / 100, consumer)
    found = Plan(
        kind=kind,
        standard=f"LTPD {ltpd:g} % at {consumer:.3g}, exact for this lot",
        lot=lot,
        aql=aql,
        level=Level.II,
        severity=Severity.NORMAL,
        letter="",
        stages=(single,),
        at_ease=single.accept,
        tolerance=ltpd,
        consumer=consumer,
    )
    return found if kind is Kind.SINGLE or single.size == lot else _sequential(found)


def alternatives(lot: int, *, ltpd: float, aql: float, consumer: float = CONSUMER_RISK) -> tuple[Plan, ...]:
    """Return the single and the sequential plan by tolerance for a lot."""
    kinds = (Kind.SINGLE, Kind.SEQUENTIAL)
    return tuple(plan(lot, ltpd=ltpd, aql=aql, consumer=consumer, kind=kind) for kind in kinds)


def _check(lot: int, ltpd: float, aql: float, consumer: float) -> None:
    if lot < 2:  # noqa: PLR2004 -- as of the plans by AQL
        raise InvalidError(f"A lot of {lot} is too small to sample: inspect all of it.")
    if not 0 < aql < ltpd < 100:  # noqa: PLR2004 -- percent
        raise InvalidError(f"A tolerance of {ltpd:g} % and an AQL of {aql:g} %: expected 0 < AQL < LTPD < 100.")
    if ltpd < _APART * aql:
        raise InvalidError(
            f"A tolerance of {ltpd:g} % is too near the AQL of {aql:g} % for a sample to tell them apart.",
            remedy=f"Use an AQL of at most {ltpd / _APART:.3g} %, or inspect all of the lot.",
        )
    if not 0 < consumer < 0.5:  # noqa: PLR2004 -- a risk of one half is no test
        raise InvalidError(f"A consumer's risk of {consumer:g}: expected a chance between 0 and 0.5.")


def _single(lot: int, wrong: int, good: float, consumer: float) -> Stage:
    """The smallest acceptance number whose smallest sample keeps the maker's risk too."""
    size = 0
    for accept in range(wrong):
        size = _smallest(lot, wrong, accept, consumer, size)
        if size >= lot:
            break
        if scipy.stats.binom.sf(accept, size, good) <= PRODUCER:
            return Stage(size=size, accept=accept, reject=accept + 1)
    return Stage(size=lot, accept=wrong - 1, reject=wrong)


def _smallest(lot: int, wrong: int, accept: int, consumer: float, above: int) -> int:
    """The smallest sample in which so few wrong ones of the lot are found with at most the consumer's risk."""
    low, high = above, lot
    while high - low > 1:
        size = (low + high) // 2
        seldom = scipy.stats.hypergeom.cdf(accept, lot, wrong, size) <= consumer
        low, high = (low, size) if seldom else (size, high)
    return high


def _sequential(single: Plan) -> Plan:
    """Wald's lines, ended as early as both risks allow; the single plan where they never do."""
    lines = sprt.lines(single.aql / 100, single.tolerance / 100, producer=PRODUCER, consumer=single.consumer)
    for multiple in _LONGEST:
        longest = math.ceil(multiple * single.size)
        if longest >= single.lot:
            break
        stages = sprt.stages(lines, longest=longest)
        found = replace(single, stages=stages, at_ease=stages[-1].accept)
        if found.consumer_risk <= single.consumer and 1 - float(found.probability(single.aql / 100)) <= PRODUCER:
            return found
    return single
