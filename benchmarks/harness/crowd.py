"""The tables of the page on truth inference, written from one run."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from benchmarks.harness.workers import ROOT

if TYPE_CHECKING:
    from benchmarks.harness.report import Case

PAGE = ROOT / "docs" / "explanation" / "truth-inference.md"
_OURS = ("majority", "weighted", "one-coin", "glad", "mace", "dawid-skene", "drawn-dawid-skene", "committee")
Sets = dict[str, dict[str, Any]]


def best_single(sets: Sets) -> str:
    """Return the method of crowd-kit with the best mean accuracy, of those that finished on every set."""
    names: list[str] = list(next(iter(sets.values()))["peer"])
    finished = [name for name in names if all(facts["peer"][name] for facts in sets.values())]
    return max(finished, key=lambda name: statistics.mean(facts["peer"][name]["accuracy"] for facts in sets.values()))


def left_out(sets: Sets, *, free: bool = False) -> dict[str, str]:
    """Return for each set the rule that is right most often, on average, on all the other sets.

    Args:
        sets: What was measured.
        free: Whether it may be any rule: a single method, or a committee whose votes count more or less than a model.
    """
    every: list[str] = list(next(iter(sets.values()))["rules"])
    rules = [rule for rule in every if free or rule.endswith(", votes 1")]
    return {
        name: max(
            rules,
            key=lambda rule, name=name: statistics.mean(  # type: ignore[misc]
                facts["rules"][rule] for other, facts in sets.items() if other != name
            ),
        )
        for name in sets
    }


def write_tables(cases: list[Case], sets: Sets) -> None:
    """Put what was measured between the page's marks; a table that was not measured stays."""
    text = PAGE.read_text(encoding="utf-8")
    if any(each.unit == "s of CPU" for each in cases):
        text = _between(text, "speed", _speed(cases))
    if sets:
        text = _between(text, "accuracy", _accuracy(sets))
        text = _between(text, "log loss", _log_loss(sets))
        text = _between(text, "goal", _goal(sets))
    PAGE.write_text(text, encoding="utf-8")


def _between(text: str, mark: str, lines: list[str]) -> str:
    start, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n" + "\n".join(lines) + f"\n\n{end}{after}"


def _speed(cases: list[Case]) -> list[str]:
    memory = {(each.case.removesuffix(": peak memory"), each.size): each for each in cases if each.unit == "MB"}
    lines = ["| | labels | CPU here | peer | × | memory here | peer |", "|---|--:|--:|--:|--:|--:|--:|"]
    for each in cases:
        held = memory.get((each.case, each.size))
        if each.unit == "s of CPU" and held is not None:
            peer = "–" if each.peer is None else f"{each.peer:.3g} s"
            more = "–" if held.peer is None else f"{held.peer:.0f} MB"
            ratio = "–" if each.ratio is None else f"{each.ratio:g}"
            figures = f"{each.ours:.3g} s | {peer} | {ratio} | {held.ours:.0f} MB | {more}"
            lines.append(f"| {each.case} ({each.peer_name}) | {each.size:,} | {figures} |")
    return lines


def _accuracy(sets: Sets) -> list[str]:
    names = list(sets)
    lines = ["| method | " + " | ".join(names) + " | mean |", "|---|" + "--:|" * (len(names) + 1)]

    def row(title: str, values: list[float | None]) -> None:
        cells = ["–" if value is None else f"{value:.2f}" for value in values]
        known = [value for value in values if value is not None]
        mean = f"{statistics.mean(known):.2f}" if len(known) == len(values) else "–"
        lines.append(f"| {title} | {' | '.join(cells)} | {mean} |")

    for name in next(iter(sets.values()))["peer"]:
        row(f"{name} (crowd-kit)", [facts["peer"][name] and facts["peer"][name]["accuracy"] for facts in sets.values()])
    for name in _OURS:
        row(f"`{name}`", [facts["methods"][name]["accuracy"] for facts in sets.values()])
    likeliest = [facts["methods"][facts["likeliest"]]["accuracy"] for facts in sets.values()]
    row("chosen by held-out likelihood", likeliest)
    row("**`auto`, without gold**", [facts["auto"]["accuracy"] for facts in sets.values()])
    best = [max(each["accuracy"] for each in facts["peer"].values() if each) for facts in sets.values()]
    row(
        "`auto` less the best of crowd-kit",
        [facts["auto"]["accuracy"] - top for facts, top in zip(sets.values(), best, strict=True)],
    )
    plain = [facts["methods"]["majority"]["accuracy"] for facts in sets.values()]
    row(
        "`auto` less the majority",
        [facts["auto"]["accuracy"] - vote for facts, vote in zip(sets.values(), plain, strict=True)],
    )
    return lines


def _goal(sets: Sets) -> list[str]:
    """What was asked for, set by set: with the rule as it ships, and with one that never saw the set."""
    single, tuned, loose = best_single(sets), left_out(sets), left_out(sets, free=True)
    head = ("set", "majority", f"{single} (crowd-kit)", "best of crowd-kit here", "`auto`", "tuned on the others",
            "to", "any rule, by the others", "namely")  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|--:|--:|--:|---|--:|---|"]
    columns: list[list[float]] = []
    for name, facts in sets.items():
        best = max(each["accuracy"] for each in facts["peer"].values() if each)
        vote, alone = facts["methods"]["majority"]["accuracy"], facts["peer"][single]["accuracy"]
        rules = facts["rules"]
        columns.append([vote, alone, best, facts["auto"]["accuracy"], rules[tuned[name]], rules[loose[name]]])
        figures = " | ".join(f"{value:.2f}" for value in columns[-1][:-1])
        lines.append(
            f"| {name} | {figures} | {tuned[name].partition(' and')[0]} | {columns[-1][-1]:.2f} | {loose[name]} |"
        )
    means = [statistics.mean(column) for column in zip(*columns, strict=True)]
    lines += [f"| mean | {' | '.join(f'{value:.2f}' for value in means[:-1])} | | {means[-1]:.2f} | |", ""]
    titles = "`auto` as it ships", "Tuned on the other sets", "Any rule, by the other sets"
    for place, title in enumerate(titles, 3):
        ahead = means[place] - means[1]
        lines += [
            f"* **{title}**: {ahead:+.2f} points beside {single} on average ({_holds(ahead >= 0)}); "
            + _least("beside the best here", {n: c[place] - c[2] for n, c in zip(sets, columns, strict=True)}, -0.5)
            + "; "
            + _least("beside the majority", {n: c[place] - c[0] for n, c in zip(sets, columns, strict=True)}, 0.0)
            + "."
        ]
    return lines


def _least(against: str, lead: dict[str, float], floor: float) -> str:
    """The smallest lead, and every set on which it is below what was asked for."""
    worst = min(lead, key=lambda name: lead[name])
    short = [name for name in lead if round(lead[name], 9) < floor]
    said = f"at least {floor:g} {against} ({_holds(not short)}"
    return f"{said}{' on ' + ', '.join(short) if short else ''}: {lead[worst]:+.2f} on {worst})"


def _holds(yes: bool) -> str:
    return "holds" if yes else "does not hold"


def _log_loss(sets: Sets) -> list[str]:
    names = list(sets)
    lines = ["| method | " + " | ".join(names) + " | mean |", "|---|" + "--:|" * (len(names) + 1)]
    for method in _OURS:
        values = [facts["methods"][method]["log_loss"] for facts in sets.values()]
        cells = " | ".join(f"{value:.3f}" for value in values)
        lines.append(f"| `{method}` | {cells} | {statistics.mean(values):.3f} |")
    return lines
