"""The RACI chart a new program starts with."""

from __future__ import annotations

from headwater.governance.model import Cell, Decision, Involvement, Role, role_party


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
