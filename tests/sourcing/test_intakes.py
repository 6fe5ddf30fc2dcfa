from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.governance.model import NotYoursError
from headwater.lineage import queries as lineage
from headwater.sourcing import coverage, intakes, queries, reading, sources
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import Item
from headwater.sourcing.model import (
    IncompleteSourceError,
    Intake,
    Provenance,
    SourceKind,
    SourceNotApprovedError,
    SourceState,
    UnreadableFileError,
)
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from headwater.context import Context

FORM = Provenance(
    title="Messages",
    issuer="us",
    origin="our help desk",
    method="written by users",
    intended_use="training",
    licence="LicenseRef-own",
    consent="contract",
)


def approved(team: Team, name: str = "desk") -> str:
    with team.act(team.ops) as ctx:
        source = sources.register(ctx, name=name, kind=SourceKind.PRIVATE, provenance=FORM)
        sources.propose(ctx, source.id)
    with team.act(team.lead) as ctx:
        return sources.approve(ctx, source.id, reason="ours").id


def take_in(team: Team, source: str, items: list[Item], recipe: Recipe | None = None) -> Intake:
    with team.act(team.ops) as ctx:
        begun = intakes.start(ctx, source=source, origin="test", recipe=recipe)
    return intakes.run(lambda: team.act(team.ops), team.app.database, begun.id, items)


def items(*texts: str) -> list[Item]:
    return [Item(place=place, text=text, attributes={"n": place}) for place, text in enumerate(texts, 1)]


def test_items_of_an_approved_source_become_records(each_team: Team) -> None:
    source = approved(each_team)
    done = take_in(
        each_team, source, items("the printer is broken", "how do I reset my password", "hello there friend")
    )
    assert (done.read, done.added, done.rejected) == (3, 3, 0)
    with each_team.read() as ctx:
        page = queries.records(ctx, limit=2)
        assert [record.text for record in page.records] == ["hello there friend", "how do I reset my password"]
        rest = queries.records(ctx, before=page.next)
        assert [record.text for record in rest.records] == ["the printer is broken"]
        traced = lineage.trace(ctx, page.records[0].id, [queries.Relations()])
        assert {node.kind for node in traced.nodes} == {"record", "intake", "source"}


def test_the_recipe_of_an_intake_is_told_in_words(team: Team) -> None:
    recipe = Recipe(languages=("en", "es"), near_duplicate=2, personal_data="reject")
    done = take_in(team, approved(team), items("the printer is broken", ""), recipe)
    words = {
        "languages": "en, es, and texts too short to tell",
        "shortest text": "1 character",
        "personal data": "items with it are rejected",
        "near duplicates": "kept",
    }
    assert intakes.recipe_of(done).told() == words
    before = (chosen.workspace, chosen.handle, chosen.program)
    directory = str(team.app.settings.directory)
    shown = CliRunner().invoke(build(), ["--workspace", directory, "--as", "ops", "intake", "show", done.id]).output
    chosen.workspace, chosen.handle, chosen.program = before
    lines = [line.strip() for line in shown.splitlines()]
    assert {f"{name} {text}" for name, text in words.items()} <= {" ".join(line.split()) for line in lines}
    assert any(line.startswith("rejected") and line.endswith("1: 1 too-short") for line in lines)


def test_nothing_is_taken_in_before_approval(team: Team) -> None:
    with team.act(team.ops) as ctx:
        source = sources.register(ctx, name="desk", kind=SourceKind.PRIVATE, provenance=FORM)
        with pytest.raises(SourceNotApprovedError, match="'desk' is draft"):
            intakes.start(ctx, source=source.id, origin="x")


def test_the_engineer_may_not_take_in(team: Team) -> None:
    source = approved(team)
    with team.act(team.engineer) as ctx, pytest.raises(NotYoursError):
        intakes.start(ctx, source=source, origin="x")


def test_every_reject_has_its_reason_and_evidence(team: Team) -> None:
    source = approved(team)
    done = take_in(
        team,
        source,
        [
            *items(
                "my printer does not print since yesterday, please help",
                "MY PRINTER does not print since   yesterday, please help",
                "my printer does not print since yesterday, please help me",
                "Ich möchte gerne wissen, warum mein Drucker nicht druckt",
                "x",
            ),
            Item(place=6, problem="line 6: not JSON"),
        ],
        Recipe(languages=("en",), fewest_characters=3),
    )
    with team.read() as ctx:
        found = {row.place: (row.reason, row.evidence) for row in queries.rejects(ctx, done.id)}
        counts = queries.reject_counts(ctx, [done.id])
    assert [found[place][0] for place in sorted(found)] == [
        "duplicate",
        "near-duplicate",
        "language",
        "too-short",
        "malformed",
    ]
    assert "rec_" in found[2][1]
    assert "similarity" in found[3][1]
    assert counts == {"duplicate": 1, "language": 1, "malformed": 1, "near-duplicate": 1, "too-short": 1}


def test_a_second_intake_of_the_same_items_adds_nothing(team: Team) -> None:
    source = approved(team)
    texts = items("the printer is broken", "how do I reset my password")
    take_in(team, source, texts)
    again = take_in(team, source, texts)
    assert (again.added, again.rejected) == (0, 2)


def test_repeats_are_found_without_reading_all_records_where_near_ones_are_not_looked_for(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = approved(each_team)
    take_in(each_team, source, items("the printer is broken", "hello there friend"))
    monkeypatch.setattr("headwater.sourcing.intakes.CHUNK", 2)
    monkeypatch.setattr("headwater.sourcing.store.block_signatures", None)  # is not asked
    texts = ("Hello  there friend", "a new one came in", "the scanner is broken", "A new ONE came in")
    done = take_in(each_team, source, items(*texts), Recipe(near_duplicate=2))
    assert (done.read, done.added, done.rejected) == (4, 2, 2)
    with each_team.read() as ctx:
        rejects = queries.rejects(ctx, done.id)
        assert [(each.place, each.reason) for each in rejects] == [(1, "duplicate"), (4, "duplicate")]


def test_an_intake_that_was_cut_off_goes_on_without_doubling(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intakes, "CHUNK", 2)
    source = approved(team)
    many = items(*(f"message number {number} about subject {number * 7}" for number in range(9)))
    with team.act(team.ops) as ctx:
        begun = intakes.start(ctx, source=source, origin="test", recipe=Recipe(near_duplicate=2.0))

    class CutError(Exception):
        pass

    def cut(settled: int) -> None:
        if settled == 4:
            raise CutError

    with pytest.raises(CutError):
        intakes.run(lambda: team.act(team.ops), team.app.database, begun.id, many, on_progress=cut)
    done = intakes.run(lambda: team.act(team.ops), team.app.database, begun.id, many)
    assert (done.read, done.added, done.rejected) == (9, 9, 0)
    with team.read() as ctx:
        assert len({record.id for record in queries.everything(ctx)}) == 9 == queries.count(ctx)


def test_a_chunk_that_cannot_be_settled_holds_those_after_it_back(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intakes, "CHUNK", 2)
    source = approved(each_team)
    many = items(*(f"message number {number} about subject {number * 7}" for number in range(19)))
    with each_team.act(each_team.ops) as ctx:
        begun = intakes.start(ctx, source=source, origin="test", recipe=Recipe(near_duplicate=2.0))
    told: list[str] = []

    def fail(ctx: Context, made: Sequence[str], same: Sequence[str]) -> None:
        del ctx, same
        if len(told) == 4:
            time.sleep(0.3)  # until the chunk after it is in the record table
            raise ZeroDivisionError
        told.extend(made)

    def run(then: intakes.Then | None) -> Intake:
        return intakes.run(lambda: each_team.act(each_team.ops), each_team.app.database, begun.id, many, then=then)

    with pytest.raises(ZeroDivisionError):
        run(fail)
    with each_team.read() as ctx:
        assert (queries.intake(ctx, begun.id).cursor, queries.count(ctx)) == (many[3].place, 4)
    done = run(None)
    assert (done.read, done.added, done.rejected) == (19, 19, 0)
    with each_team.read() as ctx:
        assert len({record.id for record in queries.everything(ctx)}) == 19 == queries.count(ctx)


def test_personal_data_is_masked_or_turned_away(team: Team) -> None:
    source = approved(team)
    take_in(team, source, items("please write to someone@example.org about it"))
    done = take_in(team, source, items("my mail is other@example.org thanks a lot"), Recipe(personal_data="reject"))
    with team.read() as ctx:
        assert [record.text for record in queries.everything(ctx)] == ["please write to [email] about it"]
        assert queries.rejects(ctx, done.id)[0].evidence == "email"


def test_bad_lines_of_a_file_are_kept_with_line_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    good = [json.dumps({"text": f"good message {number}", "domain": "it"}) for number in range(10)]
    good[2] = '{"text": broken'
    file.write_bytes("\n".join(good).encode() + b"\n" + b'{"text": "caf\xe9"}\n' + b'{"other": 1}\n[]\n')
    found = list(reading.items(file))
    problems = {item.place: item.problem for item in found if item.problem}
    assert len(found) - len(problems) == 9
    assert "line 3: not JSON at column 10" in problems[3]
    assert "line 11: byte 14 is not UTF-8; convert the file" in problems[11]
    assert "line 12: expected a non-empty string in 'text'" in problems[12]
    assert "line 13: expected an object" in problems[13]
    assert found[0].attributes == {"domain": "it"}


def test_a_line_beyond_the_limit_is_turned_away_without_filling_memory(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(b'{"text": "' + b"x" * 3_000_000 + b'"}\n{"text": "short one"}\n')
    found = list(reading.items(file, longest_mb=1))
    assert "line 1: the line is longer than 1 MB" in found[0].problem
    assert found[1].text == "short one"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.jsonl", b"", "is empty"),
        ("data.xlsx", b"x", "ends in '.xlsx'"),
        ("no.csv", b"a,b\n1,2\n", "has no column 'text'"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=message):
        list(reading.items(tmp_path / name))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="There is no file"):
        reading.items(tmp_path / "none.jsonl")


def test_a_source_with_holes_in_its_form_cannot_be_proposed(team: Team) -> None:
    with team.act(team.ops) as ctx:
        source = sources.register(
            ctx, name="desk", kind=SourceKind.PRIVATE, provenance=Provenance(title="Messages", licence="MIT")
        )
        with pytest.raises(IncompleteSourceError, match="issuer, origin, method, intended_use, consent"):
            sources.propose(ctx, source.id)


def test_a_licence_that_is_no_spdx_expression_is_refused(team: Team) -> None:
    with team.act(team.ops) as ctx, pytest.raises(IncompleteSourceError, match="'ours, of course'"):
        sources.register(
            ctx, name="x", kind=SourceKind.PUBLIC, provenance=Provenance(title="x", licence="ours, of course")
        )


def test_changing_an_approved_source_needs_a_new_approval(team: Team) -> None:
    source = approved(team)
    with team.act(team.ops) as ctx:
        assert sources.describe(ctx, source, provenance=FORM).state is SourceState.DRAFT


def test_coverage_gaps_name_what_production_has_and_the_pool_lacks(team: Team) -> None:
    source = approved(team)
    take_in(
        team,
        source,
        [
            Item(place=n, text=f"text {n} of its kind {n * 13}", attributes={"topic": "a" if n < 95 else "b"})
            for n in range(1, 101)
        ],
        Recipe(near_duplicate=2.0),
    )
    with team.act(team.ops) as ctx:
        coverage.profile(ctx, [{"topic": "a"}] * 100 + [{"topic": "b"}] * 100, by=["topic"])
        gaps = coverage.gaps(ctx)
    assert [(gap.slice, gap.records, gap.wanted) for gap in gaps] == [("topic=b", 6, 50)]
    assert gaps[0].pool.high < gaps[0].production.low


def test_two_intakes_at_once_take_in_every_item_once(each_team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intakes, "CHUNK", 5)
    source = approved(each_team)
    texts = items(*(f"message number {number} about subject {number * 7}" for number in range(40)))
    with ThreadPoolExecutor(2) as pool:
        parts, recipe = (texts[:30], texts[10:]), Recipe(near_duplicate=2.0)
        running = [pool.submit(take_in, each_team, source, part, recipe) for part in parts]
        done = [each.result() for each in running]
    with each_team.read() as ctx:
        assert len({record.id for record in queries.everything(ctx)}) == 40 == queries.count(ctx)
    assert [item.read for item in done] == [30, 30]
    assert sum(item.added for item in done) == 40
    assert sum(item.rejected for item in done) == 20
