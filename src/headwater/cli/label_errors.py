"""`headwater quality errors`: search labels for errors and have the doubtful ones given again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headwater.annotation import queries as annotation
from headwater.app import searching
from headwater.cli.session import Json, acting, done, reading, seated, show
from headwater.core.errors import InvalidError
from headwater.quality import label_errors
from headwater.sourcing import queries as sourcing
from headwater.stats.label_errors import Prune, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context
    from headwater.quality.doubts import ErrorSearch, Suspect

cli = typer.Typer(help="Search labels for errors by confident learning.", no_args_is_help=True)
Search = Annotated[str, typer.Argument(help="Id of the search; the newest by default.")]
Given = Annotated[str, typer.Option(help="Only labels that say this.")]
Suggested = Annotated[str, typer.Option(help="Only labels that may be this.")]
EXCERPT, SHOWN = 80, 20
"""Characters of a text, and suspects that a search lists at once."""


@cli.command("find")
def find(
    question: Annotated[str, typer.Option(help="The question.")],
    campaign: Annotated[str, typer.Option(help="Only labels of this campaign.")] = "",
    prune: Annotated[Prune, typer.Option(help="Which labels are taken for errors.")] = Prune.NOISE_RATE,
    score: Annotated[Score, typer.Option(help="What they are ranked by.")] = Score.SELF_CONFIDENCE,
    predictions: Annotated[
        Path | None, typer.Option(help="JSON: record → label → out-of-sample probability; predicted here by default.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the parts and the bootstrap; kept.")] = 0,
    as_json: Json = False,
) -> None:
    """Search the labels of a question for errors; keeps and lists the suspects, the surest first."""
    try:
        brought = json.loads(predictions.read_text(encoding="utf-8")) if predictions else None
    except (OSError, ValueError) as error:
        raise InvalidError(f"'{predictions}' is not JSON: {error}.") from error
    with seated() as doors:
        with doors.reading() as ctx:
            chosen = annotation.campaign(ctx, campaign).id if campaign else ""
        what = label_errors.Search(
            question=question, campaign_id=chosen, prune=prune, score=score, predictions=brought, seed=seed
        )
        row = searching.find_errors(doors, what)
    if as_json:
        show(row, (), as_json)
        return
    with reading() as ctx:
        _list(ctx, row, row.suspects[:SHOWN])
    done(f"{len(row.suspects)} of {row.labels} labels are doubtful; estimated share of errors {row.rate}.")
    done(f"Have them given again with: headwater quality errors relabel {row.id}")


@cli.command("list")
def list_(search: Search = "", given: Given = "", suggested: Suggested = "", as_json: Json = False) -> None:
    """List what a search found, the surest first; as JSON all of it."""
    with reading() as ctx:
        row = label_errors.search(ctx, search)
        if as_json:
            show(row, (), as_json)
        else:
            _list(ctx, row, row.between(given=given, suggested=suggested))


@cli.command("relabel")
def relabel(
    search: Search = "",
    most: Annotated[int, typer.Option(help="Only so many of the surest; 0 for all.")] = 0,
    into: Annotated[
        str, typer.Option(help="Another campaign to label them in; opened again in place by default.")
    ] = "",
    given: Given = "",
    suggested: Suggested = "",
) -> None:
    """Have doubtful labels given again: their tasks are opened again, or become a rework batch of a campaign."""
    with acting() as ctx:
        row = label_errors.search(ctx, search)
        meant = [each.task_id for each in row.between(given=given, suggested=suggested)]
        reach = label_errors.relabel(ctx, row.id, most=most, tasks=meant, into=into)
    batches = f"{len(reach.batches)} batch{'es' if len(reach.batches) != 1 else ''}"
    done(f"{reach.tasks} tasks are given out again in {batches}. Resolve the labels afterwards.")


def _list(ctx: Context, row: ErrorSearch, found: Sequence[Suspect]) -> None:
    texts = sourcing.present(ctx, [each.record_id for each in found])
    now = label_errors.standing(ctx, row, found)
    rows = [
        {
            "task": each.task_id,
            "text": texts[each.record_id].text[:EXCERPT] if each.record_id in texts else None,
            "given": each.given,
            "suggested": each.suggested,
            "now": now.get(each.task_id),
            "score": f"{each.score:.3f}",
            "reason": each.reason,
        }
        for each in found
    ]
    show(rows, ("task", "text", "given", "suggested", "now", "score", "reason"))
