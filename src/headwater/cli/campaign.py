"""`headwater campaign`: bodies of annotation work, from plan to answers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import batches, campaigns, gold, queries, shortages
from headwater.annotation.exchange.formats import Format
from headwater.annotation.model import BatchKind
from headwater.annotation.plan import Plan, PlanError, rates_of
from headwater.annotation.progress import OwnProgress
from headwater.cli import files
from headwater.cli.session import Detach, Json, acting, done, reading, run_job, show
from headwater.cli.shortages import warn
from headwater.cli.tables import columns, percent
from headwater.core.errors import InvalidError, NotFoundError
from headwater.governance import queries as governance
from headwater.sourcing import references

cli = typer.Typer(help="Campaigns: plan, fill, open, follow, export.", no_args_is_help=True)


class Suggestions(StrEnum):
    """What becomes of suggestions in a file."""

    PRIORS = "priors"
    PRELABELS = "prelabels"


Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
TeamRates = Annotated[
    list[str] | None,
    typer.Option(help="Share of a team's answers reviewed, TEAM=RATE; repeat it. Those before make way; '' for none."),
]
_GOLD = '{"text": "…", "values": {"topic": "billing"}, "explanation": "…"}, or "record" or "file" for "text"'
PLAN = columns(("overlap", "gold_rate"), overlap=lambda row: row.plan.overlap, gold_rate=percent("plan.gold_rate"))
Question = Annotated[str, typer.Option(help="The question; the first with one closed answer by default.")]


@cli.command("plan")
def plan(
    name: Annotated[str, typer.Argument(help="Name of the new campaign.")],
    schema: Annotated[str, typer.Option(help="Published label schema.")],
    guideline: Annotated[str, typer.Option(help="Published guideline.")],
    overlap: Annotated[int, typer.Option(help="Answers wanted per task.")] = 1,
    most_overlap: Annotated[int, typer.Option(help="Most answers while a label is in doubt; 0: as overlap.")] = 0,
    confidence: Annotated[float, typer.Option(help="Probability at which a label is beyond doubt.")] = 0.95,
    prelabels: Annotated[bool, typer.Option(help="Show what a model proposes.")] = False,
    blinded_rate: Annotated[float, typer.Option(help="Share of proposals kept back, by lot.")] = 0.1,
    gold_rate: Annotated[float, typer.Option(help="Share of hidden gold, 0 to 0.5.")] = 0.0,
    calibration_bar: Annotated[float, typer.Option(help="Share right that opens the work; 0 for no test.")] = 0.0,
    qualification_days: Annotated[float, typer.Option(help="Days until calibration is repeated; 0: never.")] = 0.0,
    review_rate: Annotated[float, typer.Option(help="Share of answers reviewed.")] = 0.0,
    review_target: Annotated[float, typer.Option(help="Share that may pass wrong; rates then follow trust.")] = 0.0,
    review_floor: Annotated[float, typer.Option(help="Smallest rate that trust can earn.")] = 0.05,
    lease_minutes: Annotated[float, typer.Option(help="Minutes a task is held.")] = 10.0,
    team_rate: TeamRates = None,
    skill: Annotated[str, typer.Option(help="Skill every annotator needs.")] = "",
    deadline: Annotated[str, typer.Option(help="When it is to be done, such as 2027-01-31T18:00Z.")] = "",
    budget: Annotated[int, typer.Option(help="Most answers to be paid for; 0 for no limit.")] = 0,
    accuracy: Annotated[bool, typer.Option(help="Show annotators their own accuracy on gold.")] = False,
) -> None:
    """Plan a campaign under a published schema and guideline."""
    wanted = Plan(
        overlap=overlap,
        most_overlap=most_overlap,
        confidence=confidence,
        shows_prelabels=prelabels,
        blinded_rate=blinded_rate,
        gold_rate=gold_rate,
        calibration_bar=calibration_bar,
        qualification_days=qualification_days,
        review_rate=review_rate,
        review_target=review_target,
        review_floor=review_floor,
        lease_minutes=lease_minutes,
        review_rates=rates_of(team_rate or []),
        skill=skill,
        deadline=_moment(deadline),
        budget=budget,
        shows_accuracy=accuracy,
    )
    with acting() as ctx:
        made = campaigns.create(ctx, name=name, schema_id=schema, guideline_id=guideline, plan=wanted)
        lacking = shortages.of_skills(ctx, [skill])
    done(f"Planned {name} ({made.id}). Next: headwater campaign add '{name}' BATCH")
    warn(lacking)


@cli.command("add")
def add(
    name: Name,
    batch: Annotated[str, typer.Argument(help="Name of the new batch.")],
    where: Annotated[str, typer.Option(help="Slice of records, such as: language = 'en'.")] = "",
    limit: Annotated[int, typer.Option(help="Most records; 0 for all.")] = 0,
    kind: Annotated[BatchKind, typer.Option(help="What the batch is for.")] = BatchKind.WORK,
    priority: Annotated[int, typer.Option(help="Lower is given out first.")] = 5,
    skill: Annotated[str, typer.Option(help="Skill annotators need for it.")] = "",
) -> None:
    """Add the program's records, or those in a slice, as a batch of tasks."""
    with acting() as ctx:
        found = queries.campaign(ctx, name)
        records = batches.select(ctx, where=where, limit=limit or None, campaign_id=found.id)
        if not records:
            raise InvalidError("No record is in this slice.", remedy="Look with: headwater record list --where …")
        made = batches.add(ctx, found.id, name=batch, records=records, kind=kind, priority=priority, skill=skill)
        lacking = shortages.of_skills(ctx, [skill])
    left_out = len(records) - made.tasks
    also = f"; {left_out:,} records were in the campaign already" if left_out else ""
    done(f"Added {made.tasks:,} tasks as batch {batch} ({made.id}){also}. Next: headwater campaign open '{name}'")
    warn(lacking)


@cli.command("gold")
def mark_gold(
    name: Name,
    file: Annotated[Path, typer.Argument(help="JSON lines: record, text or file; values, and explanation if any.")],
) -> None:
    """Make the right answers of records known: hidden gold, or lessons of a calibration batch."""
    given = files.rows(file, _GOLD)
    values, why = given.column("values", dict), given.column("explanation", str, default="")
    with acting() as ctx:
        campaign = queries.campaign(ctx, name).id
        with given.blamed():
            records = references.resolve(ctx, given.rows)
        known = dict(zip(records, values, strict=True))
        said = {record: text for record, text in zip(records, why, strict=True) if text}
        try:
            count = gold.mark(ctx, campaign, known, explanations=said)
        except (InvalidError, NotFoundError) as error:
            places = zip(records, given.places, strict=True)
            line = next((place for record, place in places if f"'{record}'" in error.message), 0)
            raise files.located(error, file, line) from error
    done(f"{count:,} right {'answer is' if count == 1 else 'answers are'} known in {name}.")


@cli.command("open")
def open_campaign(name: Name) -> None:
    """Ask the Accountable to open a planned campaign."""
    with acting() as ctx:
        campaigns.propose(ctx, name)
    done(f"Proposed. The Accountable opens it with: headwater --as HANDLE campaign approve '{name}' --reason WHY")


@cli.command("approve")
def approve(name: Name, reason: Reason) -> None:
    """Open a proposed campaign as the Accountable."""
    with acting() as ctx:
        campaigns.approve(ctx, name, reason=reason)
    done(f"{name} is open. Annotators find it in the workspace: headwater serve")


@cli.command("change")
def change(
    name: Name,
    overlap: Annotated[int | None, typer.Option(help="Answers wanted per task.")] = None,
    most_overlap: Annotated[int | None, typer.Option(help="Most answers while in doubt; 0: as overlap.")] = None,
    confidence: Annotated[float | None, typer.Option(help="Probability at which a label is beyond doubt.")] = None,
    prelabels: Annotated[bool | None, typer.Option(help="Show what a model proposes, or not.")] = None,
    blinded_rate: Annotated[float | None, typer.Option(help="Share of proposals kept back, by lot.")] = None,
    gold_rate: Annotated[float | None, typer.Option(help="Share of hidden gold, 0 to 0.5.")] = None,
    calibration_bar: Annotated[float | None, typer.Option(help="Share right that opens the work; 0: no test.")] = None,
    qualification_days: Annotated[float | None, typer.Option(help="Days until calibration is repeated.")] = None,
    review_rate: Annotated[float | None, typer.Option(help="Share of answers reviewed.")] = None,
    team_rate: TeamRates = None,
    review_target: Annotated[float | None, typer.Option(help="Share that may pass wrong.")] = None,
    review_floor: Annotated[float | None, typer.Option(help="Smallest rate that trust can earn.")] = None,
    lease_minutes: Annotated[float | None, typer.Option(help="Minutes a task is held.")] = None,
    skill: Annotated[str | None, typer.Option(help="Skill every annotator needs; empty for none.")] = None,
    deadline: Annotated[str | None, typer.Option(help="When it is to be done; empty takes it away.")] = None,
    budget: Annotated[int | None, typer.Option(help="Most answers to be paid for; 0 for no limit.")] = None,
    accuracy: Annotated[bool | None, typer.Option(help="Show annotators their accuracy on gold, or not.")] = None,
    guideline: Annotated[str, typer.Option(help="Move to this published version of the guideline.")] = "",
) -> None:
    """Change a campaign while it runs; what is not named stays and no answer is lost."""
    given = {
        "overlap": overlap,
        "most_overlap": most_overlap,
        "confidence": confidence,
        "shows_prelabels": prelabels,
        "blinded_rate": blinded_rate,
        "gold_rate": gold_rate,
        "calibration_bar": calibration_bar,
        "qualification_days": qualification_days,
        "review_rate": review_rate,
        "review_rates": None if team_rate is None else rates_of(team_rate),
        "review_target": review_target,
        "review_floor": review_floor,
        "lease_minutes": lease_minutes,
        "skill": skill,
        "budget": budget,
        "shows_accuracy": accuracy,
    }
    changes: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    if deadline is not None:
        changes["deadline"] = _moment(deadline)
    with acting() as ctx:
        made = campaigns.amend(ctx, name, changes, guideline_id=guideline)
        lacking = shortages.of_skills(ctx, [skill or ""])
    done(f"{made.name} is now at version {made.version}.")
    warn(lacking)


@cli.command("pause")
def pause(name: Name) -> None:
    """Give out no more tasks for now."""
    with acting() as ctx:
        campaigns.pause(ctx, name)
    done(f"{name} is paused. Go on with: headwater campaign resume '{name}'")


@cli.command("resume")
def resume(name: Name) -> None:
    """Give out tasks again."""
    with acting() as ctx:
        campaigns.resume(ctx, name)
    done(f"{name} is open again.")


@cli.command("close")
def close(name: Name) -> None:
    """End a campaign for good."""
    with acting() as ctx:
        campaigns.close(ctx, name)
    done(f"{name} is closed.")


@cli.command("list")
def list_campaigns(as_json: Json = False) -> None:
    """List campaigns, newest first."""
    with reading() as ctx:
        rows = queries.campaigns(ctx)
    fields = ("name", "state", *PLAN, "opened_at", "id")
    show(rows, columns(fields, **PLAN), as_json, empty="No campaign was planned yet.")


@cli.command("show")
def show_campaign(name: Name, as_json: Json = False) -> None:
    """Show a campaign: plan, progress, batches; to those who answer its tasks, what they did themselves."""
    with reading() as ctx:
        found = queries.campaign(ctx, name)
        sees = queries.sees_progress(ctx)
        schema, guideline = queries.schema(ctx, found.schema_id), queries.guideline(ctx, found.guideline_id)
        progress = queries.progress(ctx, found.id) if sees else queries.my_progress(ctx, found.id)
    if as_json:
        show({"campaign": found, "progress": progress}, (), as_json)
        return
    said = {"schema": lambda _: f"{schema.name} v{schema.version}"} | PLAN
    said["guideline"] = lambda _: f"{guideline.name} v{guideline.version}"
    show(found, columns(("id", "name", "state", "schema", "guideline", *PLAN, "opened_at"), **said))
    if isinstance(progress, OwnProgress):
        done("\nMy work")
        show(progress, ("answers", "skipped", "held", "first_at", "last_at"))
        return
    if wanted := {
        name: value for name, value in asdict(found.plan).items() if value != getattr(Plan(), name) and name not in PLAN
    }:
        done("\nPlan, where it is not as usual")
        show(wanted, tuple(wanted))
    done("\nProgress")
    show(progress, ("tasks", "done", "answers", "skipped", "annotators", "held", "per_hour"))
    done("\nBatches")
    show(progress.batches, ("batch.number", "batch.name", "batch.kind", "batch.tasks", "done", "answers", "batch.id"))


@cli.command("disputes")
def disputes(
    name: Name,
    question: Question = "",
    limit: Annotated[int, typer.Option(help="Most tasks to list.")] = 20,
    as_json: Json = False,
) -> None:
    """List the tasks whose annotators disagree, most disputed first."""
    with reading() as ctx:
        found = queries.disagreements(ctx, name, question=question or None, limit=limit)
    said = {"entropy": lambda row: f"{row.entropy:.2f}"}
    show(found, columns(("task_id", "record_id", "counts", "entropy"), **said), as_json, empty="Nobody disagrees.")


@cli.command("prioritise")
def prioritise(
    batch: Annotated[str, typer.Argument(help="Id of the batch.")],
    priority: Annotated[int, typer.Argument(help="Lower is given out first.", min=0, max=1000)],
) -> None:
    """Give a batch's tasks out sooner or later than others."""
    with acting() as ctx:
        made = batches.prioritise(ctx, batch, priority=priority)
    done(f"{made.name} has priority {made.priority}.")


@cli.command("revoke")
def revoke(name: Name, handle: Annotated[str, typer.Argument(help="Handle of the person.")]) -> None:
    """Take away every task a person holds in a campaign; others get them."""
    with acting() as ctx:
        count = campaigns.revoke(ctx, name, governance.person_by_handle(ctx, handle).id)
    done(f"{count:,} tasks of {handle} go to others.")


@cli.command("retire")
def retire_gold(name: Name, task: Annotated[str, typer.Argument(help="Id of the gold task.")], reason: Reason) -> None:
    """Give a gold task out no more and judge no further answer by it."""
    with acting() as ctx:
        gold.retire(ctx, name, task, reason=reason)
    done(f"{task} is gold no more.")


@cli.command("seal")
def seal(batch: Annotated[str, typer.Argument(help="Id of the batch.")]) -> None:
    """Put the Merkle root of a batch's answers into the ledger."""
    with acting() as ctx:
        made = batches.seal(ctx, batch)
    done(f"Sealed {made.name}: {made.root}")


@cli.command("export")
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    form: Annotated[Format, typer.Option("--format", help="File format.")] = Format.JSONL,
    unanswered: Annotated[bool, typer.Option(help="Also tasks without an answer.")] = False,
    detach: Detach = False,
) -> None:
    """Write a campaign's tasks and answers as they stand now, annotators under pseudonyms, as a durable job."""
    args = {"campaign": name, "file": str(file.resolve()), "format": form.value, "unanswered": unanswered}
    status = run_job("campaign export", args, detach=detach)
    if status is None:
        return
    found = status.result or {}
    if not found["bytes"]:
        done(f"{file} is empty: nothing of the {found['tasks']:,} tasks fits the format '{form}'.")
    else:
        done(f"Wrote {found['tasks']:,} tasks to {file}.")
    if found["left_out"]:
        done(f"The format '{form}' does not carry the answers to: {', '.join(found['left_out'])}.")


@cli.command("import")
def import_tasks(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to read.", exists=True, dir_okay=False)],
    source: Annotated[str, typer.Option(help="Approved source that the records are from.")],
    form: Annotated[Format, typer.Option("--format", help="File format.")] = Format.JSONL,
    batch: Annotated[str, typer.Option(help="Name of the new batch; the file's by default.")] = "",
    personal_data: Annotated[str, typer.Option(help="`keep` or `reject`.")] = "keep",
    suggestions: Annotated[
        Suggestions, typer.Option("--as", help="What a model's suggestions become besides being kept with their task.")
    ] = Suggestions.PRIORS,
    detach: Detach = False,
) -> None:
    """Take tasks in from another tool, with the answers they came with, as a new batch, as a durable job."""
    args = {
        "campaign": name,
        "path": str(file.resolve()),
        "format": form.value,
        "source": source,
        "batch": batch or file.name,
        "name": file.name,
        "personal_data": personal_data,
        "as_prelabels": suggestions is Suggestions.PRELABELS,
    }
    status = run_job("campaign import", args, detach=detach)
    if status is None:
        return
    found = status.result or {}
    known = f", {found['known']:,} of them about records from before" if found["known"] else ""
    done(
        f"Took in {found['added'] + found['known']:,} of {found['read']:,} tasks{known} as batch {found['batch_name']} "
        f"({found['batch']}), with {found['answers']:,} answers and {found['suggestions']:,} suggestions."
    )
    if count := found["prelabels"]:
        done(f"{count:,} tasks have a prelabel. Show them with: headwater campaign change '{name}' --prelabels")
    if found["rejected"]:
        done(f"See what became no record: headwater intake rejects {found['intake']}")
    for each in found["refused"]:
        done(f"Answer to {each['task']} left out: {each['reason']}")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise PlanError(f"'{text}' is no deadline.", remedy="Write it such as 2027-01-31T18:00Z.") from error
