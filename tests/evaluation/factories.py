"""Releases that are approved, models trained on them, and results of which a known share is wrong."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.core.canonical import canonical_json
from headwater.evaluation import service as evaluations
from headwater.evaluation.model import Sample
from headwater.release import store
from headwater.release.members import LABELS, MEMBERS
from headwater.release.model import Release, ReleaseId, ReleaseState, Selection, SplitPolicy
from headwater.training import service as training

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.evaluation.model import Evaluation
    from tests.workspaces import Team

EVAL_SET = "production"
TOPICS = ("billing", "fault", "praise")


def release(team: Team, version: str = "1.0.0", *, rows: Sequence[Mapping[str, str]] = ()) -> ReleaseId:
    """Put an approved release of the dataset `topics` into a program.

    Args:
        team: The program.
        version: Its version.
        rows: Its members: record_id, value and cohort_id.
    """
    identifier = ReleaseId(f"rel_{version}")
    with team.act(team.ops) as ctx:
        row = Release(
            id=identifier,
            dataset="topics",
            version=version,
            state=ReleaseState.APPROVED,
            digest="sha256:" + version.replace(".", "0") * 12,
            parent=None,
            path=f"releases/{identifier}",
            members=len(rows),
            built_by=ctx.actor,
            created_at=ctx.clock.now(),
            selection=Selection(question="topic"),
            split=SplitPolicy(),
        )
        store.insert(ctx.db, row, team.program, [each["record_id"] for each in rows])
        members = [(each["record_id"], "00", "train", 1.0, "bat_1", each["cohort_id"]) for each in rows]
        labels = [(each["record_id"], "topic", each["value"], 1.0, "majority", "gdl_1", 3) for each in rows]
        ctx.objects.put(f"{row.path}/members.parquet", _parquet(members, MEMBERS))
        ctx.objects.put(f"{row.path}/labels.parquet", _parquet(labels, LABELS))
        manifest = {"counts": {"splits": {}, "labels": {}, "cohorts": {}}, "selection": {"text": "everything"}}
        ctx.objects.put(f"{row.path}/manifest.json", canonical_json(manifest))
    return identifier


def _parquet(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> bytes:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=schema), sink)
    return sink.getvalue()


def results(wrong: Mapping[str, float], *, shift: int = 0, each: int = 40) -> list[Sample]:
    """Return results on an evaluation set: so many samples of each topic, of which a share is wrong.

    Args:
        wrong: Share of wrong answers by topic.
        shift: Which samples are wrong moves by this many: another retrain of the same model.
        each: Samples of each topic.
    """
    return [
        Sample(
            sample_id=f"{topic}-{place:03}",
            input=f"message {place} about {topic}",
            target=topic,
            output="fault" if (failed := (place + shift) % each < wrong.get(topic, 0.0) * each) else topic,
            passed=not failed,
            slices={"channel": "mail"},
        )
        for topic in TOPICS
        for place in range(each)
    ]


def evaluated(team: Team, identifier: str, wrong: Mapping[str, float], *, retrains: int = 3) -> list[Evaluation]:
    """Register retrains of a release and take their results in."""
    found = []
    for number in range(retrains):
        with team.act(team.engineer) as ctx:
            run = training.register(ctx, release=identifier, name="small", seed=number)
            samples = results(wrong, shift=number)
            found.append(evaluations.import_results(ctx, run=run.id, eval_set=EVAL_SET, samples=samples))
    return found


def as_lines(samples: Sequence[Sample]) -> str:
    """Return results in Headwater's own JSONL."""
    names = ("sample_id", "input", "target", "output", "passed", "slices")
    return "".join(json.dumps({name: getattr(item, name) for name in names}) + "\n" for item in samples)
