"""Use cases of evaluation: importing results, triaging findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headwater.core.canonical import digest
from headwater.core.ids import new_id
from headwater.evaluation import queries, store
from headwater.evaluation.model import BadSamplesError, Evaluation, EvaluationId, Finding, FindingState, Sample
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.stats.interval import wilson
from headwater.training import queries as training

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from headwater.context import Context


def import_results(ctx: Context, *, run: str, eval_set: str, samples: Sequence[Sample]) -> Evaluation:
    """Take in the results of a run's model on an evaluation set, sample by sample.

    The set's version is the digest of its samples' ids, inputs and targets, so results on other items are never
    taken for the same set.

    Raises:
        BadSamplesError: There is none, or an id comes twice.
        UnknownRunError: There is no such run.
    """
    require(ctx, Decision.EVALUATION_IMPORT)
    found = training.run(ctx, run)
    ids = [item.sample_id for item in samples]
    if not ids:
        raise BadSamplesError("There are no samples to take in.")
    if len(set(ids)) < len(ids):
        twice = next(key for key in ids if ids.count(key) > 1)
        raise BadSamplesError(f"The sample '{twice}' comes more than once.", remedy="Give each sample its own id.")
    row = Evaluation(
        id=EvaluationId(new_id("evl")),
        run_id=found.id,
        model_id=found.model_id,
        release_id=found.release_id,
        eval_set=eval_set,
        eval_set_version=digest(sorted([item.sample_id, item.input, item.target] for item in samples)),
        accuracy=wilson(sum(item.passed for item in samples), len(samples)),
        imported_by=ctx.actor,
        imported_at=ctx.clock.now(),
    )
    store.add(ctx.db, row, ctx.program, samples)
    lineage.record(
        ctx,
        activity="evaluation",
        used=[Node(id=found.model_id, kind="model", label=found.name)],
        generated=[Node(id=row.id, kind="evaluation", label=f"{found.name} on {eval_set}")],
    )
    body = {"run": found.id, "eval_set": eval_set, "n": len(samples), "passed": sum(item.passed for item in samples)}
    ledger.append(ctx, "evaluation.imported", subject=row.id, body=body)
    return row


def triage(ctx: Context, finding: str, *, state: FindingState, reason: str) -> Finding:
    """Say what becomes of a finding, with the reason."""
    require(ctx, Decision.FINDING_TRIAGE)
    found = queries.finding(ctx, finding)
    store.set_finding_state(ctx.db, found.id, state)
    decisions.record(ctx, Decision.FINDING_TRIAGE, subject=found.id, reason=reason)
    ledger.append(ctx, f"finding.{state.value}", subject=found.id, body={})
    return queries.finding(ctx, finding)


_SAMPLE = ("sample_id", "input", "target", "output", "passed")


def read_samples(path: Path) -> list[Sample]:
    """Return the samples of a file in Headwater's own JSONL.

    Raises:
        BadSamplesError: There is no such file, or a line is not a sample. Nothing is taken in.
    """
    if not path.is_file():
        raise BadSamplesError(f"There is no file '{path}'.", remedy="Give a JSONL file of results.")
    with path.open("rb") as file:
        return parse_samples(file, str(path))


def parse_samples(lines: Iterable[bytes], name: str) -> list[Sample]:
    """Return the samples of lines in Headwater's own JSONL; blank lines are passed over.

    Args:
        lines: The lines.
        name: Of where they come from, for messages.

    Raises:
        BadSamplesError: A line is not a sample; the message names file, line and field.
    """
    return [_sample(line, f"{name}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _sample(line: bytes, place: str) -> Sample:
    try:
        value = json.loads(line.decode("utf-8").rstrip())
        if missing := [name for name in _SAMPLE if name not in value]:
            raise BadSamplesError(f"{place}: '{missing[0]}' is missing.", remedy=f"Give {', '.join(_SAMPLE)}.")
        passed = value["passed"]
        if not isinstance(passed, bool):
            raise BadSamplesError(f"{place}: 'passed' must be true or false.")
        return Sample(
            sample_id=str(value["sample_id"]),
            input=str(value["input"]),
            target=str(value["target"]),
            output=str(value["output"]),
            passed=passed,
            slices={str(key): str(item) for key, item in dict(value.get("slices", {})).items()},
            scores={str(key): float(item) for key, item in dict(value.get("scores", {})).items()},
            failure_category=str(value.get("failure_category", "")),
            error=str(value.get("error", "")),
        )
    except UnicodeDecodeError as error:
        raise BadSamplesError(f"{place}: not UTF-8 at byte {error.start}.", remedy="Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadSamplesError(f"{place}, column {error.colno}: {error.msg}.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BadSamplesError(f"{place}: {error}.", remedy=f"Give an object with {', '.join(_SAMPLE)}.") from error
