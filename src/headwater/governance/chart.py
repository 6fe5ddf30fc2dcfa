"""The RACI chart: the one a new program starts with, whom a chart means, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.governance.model import PERFORMED, Cell, Decision, Involvement, PersonId, Role, role_party

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.governance.model import Person

    Members = Sequence[tuple[Person, Role]]
    """The people of a program with each of their roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartProblem:
    """A hole in a RACI chart."""

    decision: str
    """Where it is; empty when it is in many places."""
    message: str
    remedy: str


def resolve(chart: Iterable[Cell], members: Members, decision: Decision, how: Involvement) -> list[PersonId]:
    """Return the active members a chart means, roles resolved, each once, by handle."""
    named = {cell.party for cell in chart if cell.decision is decision and cell.involvement is how}
    found = {
        person.id: person.handle
        for person, role in members
        if person.is_active and (person.id in named or role_party(role) in named)
    }
    return sorted(found, key=found.__getitem__)


def problems(chart: Sequence[Cell], members: Members, people: Iterable[Person], *, solo: bool) -> list[ChartProblem]:
    """Return the holes of a chart: the most common reason why programs fail.

    Args:
        chart: The entries.
        members: The people of the program with each of their roles.
        people: Everybody in the workspace, to name those who left.
        solo: Whether one person may prepare and approve.
    """
    found = [problem for decision in Decision for problem in _decision_problems(chart, members, decision, solo=solo)]
    held = {role_party(role) for person, role in members if person.is_active}
    active = {str(person.id) for person, _ in members if person.is_active}
    handles = {str(person.id): person.handle for person in people}
    for party, count in sorted(Counter(cell.party for cell in chart).items()):
        entries = f"{count} {'entry names' if count == 1 else 'entries name'}"
        if party.startswith("role:") and party not in held:
            message = f"Nobody holds the role {party.removeprefix('role:')}, which {entries}."
            found.append(ChartProblem(decision="", message=message, remedy="Assign the role to somebody."))
        elif not party.startswith("role:") and party not in active:
            message = f"{handles.get(party, party)} has left, but {entries} them."
            found.append(ChartProblem(decision="", message=message, remedy="Change the chart."))
    return found


def _decision_problems(
    chart: Sequence[Cell], members: Members, decision: Decision, *, solo: bool
) -> list[ChartProblem]:
    accountable = resolve(chart, members, decision, Involvement.ACCOUNTABLE)
    responsible = resolve(chart, members, decision, Involvement.RESPONSIBLE)
    found = []

    def hole(message: str, remedy: str) -> None:
        found.append(ChartProblem(decision=decision.value, message=message, remedy=remedy))

    if not accountable:
        hole(f"'{decision.value}' has no Accountable person.", "Name exactly one.")
    elif len(accountable) > 1:
        hole(f"'{decision.value}' has {len(accountable)} Accountable people.", "Name exactly one.")
    if not responsible:
        hole(f"'{decision.value}' has nobody Responsible.", "Name at least one.")
    elif responsible == accountable and decision not in PERFORMED and not solo:
        hole(
            f"The Accountable of '{decision.value}' is the only Responsible: nobody can propose to them.",
            "Add a Responsible person.",
        )
    for party in _never_asked(chart, members, decision, accountable, responsible):
        hole(f"{party} is Consulted on '{decision.value}' but is never asked.", _why(decision))
    return found


def _never_asked(
    chart: Sequence[Cell],
    members: Members,
    decision: Decision,
    accountable: list[PersonId],
    responsible: list[PersonId],
) -> list[str]:
    """Consulted parties all of whose people decide or propose themselves, or whose decision nobody proposes."""
    handles = {person.id: person.handle for person, _ in members}
    excused = {*accountable, *(responsible if len(responsible) == 1 else ())}
    parties = [cell for cell in chart if cell.decision is decision and cell.involvement is Involvement.CONSULTED]
    found = []
    for cell in sorted(parties):
        asked = resolve([cell], members, decision, Involvement.CONSULTED)
        if asked and (decision in PERFORMED or excused.issuperset(asked)):
            found.append(cell.party.removeprefix("role:") if ":" in cell.party else handles[asked[0]])
    return found


def _why(decision: Decision) -> str:
    if decision in PERFORMED:
        return "One person performs it alone, without a proposal: inform them instead."
    return "They decide or propose it themselves: consult somebody else."


def default_chart() -> tuple[Cell, ...]:
    """Return the chart a new program starts with.

    Responsible is the data operations team, Accountable the program lead, Consulted the domain experts where
    meaning is decided, Informed the training and evaluation team; people who answer, review and rule are
    Responsible for just that.
    """
    cells: list[Cell] = []
    for decision in Decision:
        responsible = _RESPONSIBLE.get(decision, (Role.OPERATIONS,))
        cells += [
            Cell(decision=decision, involvement=Involvement.RESPONSIBLE, party=role_party(r)) for r in responsible
        ]
        cells.append(Cell(decision=decision, involvement=Involvement.ACCOUNTABLE, party=role_party(Role.LEAD)))
    cells += [Cell(decision=d, involvement=Involvement.CONSULTED, party=role_party(Role.EXPERT)) for d in _CONSULTED]
    cells += [Cell(decision=d, involvement=Involvement.INFORMED, party=role_party(Role.ENGINEER)) for d in _INFORMED]
    return tuple(sorted(cells))


_RESPONSIBLE = {
    Decision.ANNOTATION_ANSWER: (Role.ANNOTATOR, Role.REVIEWER, Role.EXPERT, Role.OPERATIONS),
    Decision.ANNOTATION_REVIEW: (Role.REVIEWER, Role.EXPERT),
    Decision.ANNOTATION_ADJUDICATE: (Role.EXPERT,),
    Decision.RUN_REGISTER: (Role.ENGINEER, Role.OPERATIONS),
    Decision.EVALUATION_IMPORT: (Role.ENGINEER, Role.OPERATIONS),
    Decision.FINDING_TRIAGE: (Role.ENGINEER, Role.OPERATIONS),
}
_CONSULTED = (
    Decision.CHARTER_CHANGE,
    Decision.SCHEMA_PUBLISH,
    Decision.GUIDELINE_PUBLISH,
    Decision.RELEASE_APPROVE,
    Decision.BRIEF_AUTHORISE,
)
_INFORMED = (
    Decision.SOURCE_APPROVE,
    Decision.SCHEMA_PUBLISH,
    Decision.GUIDELINE_PUBLISH,
    Decision.RELEASE_APPROVE,
    Decision.RELEASE_PUBLISH,
    Decision.RELEASE_YANK,
    Decision.BRIEF_AUTHORISE,
    Decision.BRIEF_CLOSE,
    Decision.WAIVER_GRANT,
)
