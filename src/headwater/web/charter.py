"""The charter with its standards, and the RACI chart as a grid that the entitled edit."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from headwater.app import overview
from headwater.core.errors import InvalidError
from headwater.governance import chart, charter_text, charters, queries
from headwater.governance.authority import may
from headwater.governance.model import Cell, ChartError, Decision, Involvement, Role, role_party
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.context import Context

router = APIRouter(prefix="/p/{program}")
LETTERS = {
    "R": Involvement.RESPONSIBLE,
    "A": Involvement.ACCOUNTABLE,
    "C": Involvement.CONSULTED,
    "I": Involvement.INFORMED,
}


@router.get("/charter")
def charter(visitor: Visitor) -> Response:
    """Show the charter in force: purpose, targets, each standard with what was measured, critical slices."""
    with visitor.reading() as ctx:
        found = queries.program(ctx).charter
        return page(
            visitor,
            ctx,
            "governance/charter.html",
            active="charter",
            charter=found,
            standards=overview.standards(ctx),
            written=[charter_text.standard_text(item) for item in found.standards],
            slices=[asdict(item) for item in found.critical_slices],
            edits=may(ctx, Decision.CHARTER_CHANGE),
        )


@router.post("/charter")
def propose(visitor: Visitor) -> Response:
    """Propose a new version of the charter to its Accountable."""
    form = visitor.form
    data = {
        "purpose": form.get("purpose", "").strip(),
        "targets": _lines(form.get("targets", "")),
        "standards": _lines(form.get("standards", "")),
        "critical_slices": [_slice(line) for line in _lines(form.get("slices", ""))],
        "solo": "solo" in form,
    }
    with visitor.acting() as ctx:
        wanted = charter_text.charter_of(data, queries.program(ctx).charter)
        made = charters.propose(ctx, wanted, summary=form.get("summary", "").strip())
    return back(visitor, f"decisions/{made.id}")


@router.get("/raci")
def raci(visitor: Visitor) -> Response:
    """Show the chart in force, its holes on top."""
    with visitor.reading() as ctx:
        return _grid(visitor, ctx, queries.program(ctx).charter.chart, checked=False)


@router.post("/raci")
def propose_raci(
    visitor: Visitor, act: Annotated[str, Form()] = "propose", summary: Annotated[str, Form()] = ""
) -> Response:
    """Propose the chart of the form to its Accountable, or only show the holes it would have."""
    with visitor.acting() as ctx:
        cells = _cells(visitor.form)
        if act == "check" and may(ctx, Decision.RACI_CHANGE):
            return _grid(visitor, ctx, cells, checked=True)
        made = charters.propose_chart(ctx, cells, summary=summary.strip())
    return back(visitor, f"decisions/{made.id}")


def _grid(visitor: Visitor, ctx: Context, cells: Iterable[Cell], *, checked: bool) -> Response:
    """Show a chart: a line for each decision, a column for each role and each member."""
    members = queries.members(ctx)
    cells = tuple(cells)
    letters: dict[tuple[str, str], str] = {}
    for letter, how in LETTERS.items():
        for cell in cells:
            if cell.involvement is how:
                place = (cell.decision.value, cell.party)
                letters[place] = letters.get(place, "") + letter
    handles = queries.names(ctx)
    named = {cell.party for cell in cells if not cell.party.startswith("role:")}
    wanted = visitor.request.query_params.get("add", "")
    named |= {str(person.id) for person, _ in members if person.handle == wanted}
    return page(
        visitor,
        ctx,
        "governance/raci.html",
        active="raci",
        decisions=list(Decision),
        parties=[(role_party(role), role.value) for role in Role]
        + sorted(((party, f"@{handles.get(party, party)}") for party in named), key=lambda pair: pair[1]),
        letters=letters,
        problems=chart.problems(cells, members, queries.everyone(ctx), solo=queries.program(ctx).charter.solo),
        edits=may(ctx, Decision.RACI_CHANGE),
        checked=checked,
        others=sorted({person.handle for person, _ in members if person.is_active and person.id not in named}),
    )


def _cells(form: dict[str, str]) -> list[Cell]:
    """Return the cells written in a form: fields `decision|party` that hold letters.

    Raises:
        ChartError: A field holds something else than R, A, C and I.
    """
    found = []
    for name, written in form.items():
        decision, bar, party = name.partition("|")
        if not bar or decision not in set(Decision):
            continue
        for letter in written.upper().replace(" ", "").replace(",", ""):
            if letter not in LETTERS:
                raise ChartError(
                    f"'{decision}' holds '{letter}', which is no involvement.", remedy="Write R, A, C or I, or nothing."
                )
            found.append(Cell(decision=Decision(decision), involvement=LETTERS[letter], party=party))
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _slice(line: str) -> dict[str, object]:
    """Return a critical slice written as `name: minimum where predicate`."""
    name, colon, rest = line.partition(":")
    minimum, where, predicate = rest.strip().partition(" where ")
    if not (colon and where and minimum.strip().isdigit()):
        raise InvalidError(
            f"'{line}' is not a critical slice.", remedy="Write it as: name: 30 where category = 'emotion'"
        )
    return {"name": name.strip(), "predicate": predicate.strip(), "minimum": int(minimum)}
