"""Entries of the ledger in words: `decision.approved` of `brief.close` is told as “decided to close a brief”."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.governance.model import LedgerEntry

_TOLD = {
    "annotator.availability": "said whether an annotator is available",
    "charter.enforced": "put a charter in force",
    "link.made": "made a sign-in link",
    "password.set": "set a password",
    "person.admin": "changed who is an administrator",
    "rights.delegated": "lent their rights",
    "rights.returned": "took lent rights back",
    "adjudication.asked": "asked for a ruling",
    "package.overdue": "noted that a package is overdue",
    "quality.assessed": "assessed quality",
    "quality.watched": "watched quality",
    "profile.measured": "profiled production",
    "inspection.switched": "switched the inspection",
    "role.assigned": "gave a role",
    "role.removed": "took a role",
}
"""Events that the rule for all others would tell badly."""
_DECIDED = {
    "proposed": "proposed to",
    "consulted": "was heard on whether to",
    "approved": "decided to",
    "refused": "refused to",
    "withdrawn": "withdrew the proposal to",
    "performed": "went on to",
    "reset": "reset, as administrator, how to",
}
_PLURAL = {"labels", "answers", "tasks", "prelabels", "gold"}
_ACTS = {
    "evaluation.import": "import an evaluation",
    "raci.change": "change the RACI chart",
    "charter.change": "change the charter",
    "policy.change": "change a policy",
    "gold.change": "change gold",
    "automation.change": "change what is automated",
    "annotation.answer": "answer tasks",
    "annotation.review": "review answers",
    "annotation.adjudicate": "rule on disputes",
    "line.stop": "stop the line",
    "line.resume": "resume the line",
    "vendor.onboard": "work with a vendor",
}


def told(entry: LedgerEntry) -> str:
    """Return what an entry says happened, to stand after the name of who did it."""
    if entry.event in _TOLD:
        return _TOLD[entry.event]
    noun, _, verb = entry.event.partition(".")
    if noun == "decision":
        return f"{_DECIDED.get(verb, f'{verb}:')} {act(str(entry.body.get('decision', 'decide')))}"
    return f"{verb.replace('_', ' ')} {_one(noun)}"


def act(decision: str) -> str:
    """Return a decision as an act: `release.approve` as “approve a release”."""
    if decision in _ACTS:
        return _ACTS[decision]
    noun, dot, verb = decision.partition(".")
    return f"{verb} {_one(noun)}" if dot else decision


def _one(noun: str) -> str:
    if noun in _PLURAL:
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
