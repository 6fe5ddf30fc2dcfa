"""Every use case that writes asks first who decides."""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.architecture.source import PARTS, Module, body, calls, modules, type_of_function

GUARDS = frozenset({"require", "require_accountable", "require_admin", "check_attempts", "sit"})
"""The questions a use case may begin with; `annotation.desk.sit` asks for its tier before anything else."""

READS = frozenset({"model", "ports", "queries", "store"})
"""Files of a part that hold no use cases."""

CONTEXT_WRITES = ("ctx.objects.put", "ctx.objects.delete", "ctx.records.append", "ctx.records.erase")
"""Writes past the database."""

UNGUARDED = {
    "governance.accounts.set_password": "one's own; anybody else's asks for the administrator",
    "governance.accounts.sign_in": "nobody is signed in yet; the proof of the password is the right",
    "governance.accounts.follow_link": "nobody is signed in yet; the secret is the right",
    "governance.accounts.sign_out": "one's own session; its token is the right",
    "governance.accounts.create_token": "one's own",
    "governance.accounts.revoke_token": "one's own; the store looks for the actor's tokens only",
    "governance.decisions.answer": "only whom the proposal asked; the store looks for the actor's consultation only",
    "governance.decisions.keep": "writes down what a guarded act decided",
    "governance.ledger.append": "writes down what a guarded act did",
    "governance.notices.send": "tells of what a guarded act did",
    "governance.notices.receive": "one's own inbox",
    "governance.delegations.give": "one's own rights",
    "governance.delegations.end": "one's own rights",
    "annotation.appeals.tell": "tells of what a guarded act did",
    "annotation.comments.write": "asks for the right to review, else to answer, which is enough for one's own",
    "lineage.service.record": "writes down what a guarded act did",
}
"""Functions that write without asking who decides, or whole modules of them, with the reason."""

STATEMENT = re.compile(r"\b(insert|update|delete)\s*\(|\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")


def test_every_use_case_that_writes_asks_first_who_decides() -> None:
    unguarded = [
        f"{place} (line {function.lineno})"
        for place, function in _writing()
        if _first_call(function) not in GUARDS and place not in UNGUARDED and place.rpartition(".")[0] not in UNGUARDED
    ]
    assert not unguarded, f"begin with require(ctx, Decision.…), or name the reason in UNGUARDED: {unguarded}"


def test_every_exemption_still_exempts_something() -> None:
    places = {place for place, function in _writing() if _first_call(function) not in GUARDS}
    needed = places | {place.rpartition(".")[0] for place in places}
    assert not set(UNGUARDED) - needed


def test_queries_never_write() -> None:
    writing = [
        f"{module.name}.{name}"
        for module in modules().values()
        if module.part in PARTS and module.kind == "queries"
        for name, function in module.functions().items()
        if _writes(module, function)
    ]
    assert not writing


def _writing() -> list[tuple[str, type_of_function]]:
    return [
        (f"{module.name}.{name}", function)
        for module in modules().values()
        if module.part in PARTS and module.kind and module.kind not in READS
        for name, function in module.functions().items()
        if not name.startswith("_") and _takes_context(function) and _writes(module, function)
    ]


def _takes_context(function: type_of_function) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "ctx"


def _first_call(function: type_of_function) -> str:
    """The function called by the first statement: `require(…)` or `person = require(…)`."""
    first = body(function)[0]
    value = first.value if isinstance(first, ast.Expr | ast.Assign) else None
    return ast.unparse(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""


def _writes(module: Module, function: type_of_function, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function changes anything, itself or through the private functions of its module."""
    aliases, own = module.aliases(), module.functions()
    for called in calls(function):
        owner, _, name = called.rpartition(".")
        target = f"{aliases[owner]}.{name}" if owner in aliases else aliases.get(called, "")
        if called in CONTEXT_WRITES or target in _writing_statements() or target == "governance.ledger.append":
            return True
        if (
            called in own
            and called.startswith("_")
            and called not in seen
            and _writes(module, own[called], seen | {called})
        ):
            return True
    return False


@cache
def _writing_statements() -> frozenset[str]:
    """The functions of stores that contain an INSERT, UPDATE or DELETE."""
    return frozenset(
        f"{module.name}.{name}"
        for module in modules().values()
        if module.part in PARTS and module.kind == "store"
        for name, function in module.functions().items()
        if STATEMENT.search(ast.unparse(function))
    )
