"""Records are named by id, by what they say, or by the file of their picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import queries as annotation
from headwater.sourcing import queries, references
from headwater.sourcing.references import BadReferenceError
from tests.annotation import factories
from tests.quality.test_agreement_edges import typed
from tests.sourcing.test_intakes import approved, items, take_in
from tests.sourcing.test_pictures import folder
from tests.sourcing.test_pictures import take_in as take_pictures
from tests.vision.test_header import picture

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspaces import Team

TEXTS = ("The printer is broken.", "Write to a.b@example.org about my invoice.", "Hello there, friend.")


def ids(team: Team) -> dict[str, str]:
    with team.read() as ctx:
        return {each.text: each.id for each in queries.everything(ctx)}


def resolved(team: Team, *rows: dict[str, Any]) -> list[str]:
    with team.read() as ctx:
        return references.resolve(ctx, rows)


def test_a_text_names_its_record_masked_or_not(each_team: Team) -> None:
    take_in(each_team, approved(each_team), items(*TEXTS))
    known = ids(each_team)
    masked = next(text for text in known if "Write to" in text)
    assert "@" not in masked
    rows = ({"text": TEXTS[1]}, {"text": masked}, {"text": "  the PRINTER is broken. "}, {"record": "rec_any"})
    assert resolved(each_team, *rows) == [known[masked], known[masked], known[TEXTS[0]], "rec_any"]


def test_a_file_names_the_record_of_its_picture(team: Team, tmp_path: Path) -> None:
    source = approved(team)
    take_pictures(team, source, folder(tmp_path, {"a.png": picture("PNG"), "b/c.png": picture("PNG", (9, 9))}))
    (tmp_path / "two").mkdir()
    take_pictures(team, source, folder(tmp_path / "two", {"a.png": picture("PNG", (11, 3))}))
    assert resolved(team, {"file": "b/c.png"}) == [ids(team)["b/c.png"]]
    with pytest.raises(BadReferenceError, match=r"2 records have the file 'a\.png'"):
        resolved(team, {"file": "a.png"})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"text": "Nobody said this."}, "No record has the text 'Nobody said this.'"),
        ({"file": "none.png"}, "No record has the file"),
        ({}, "by one of record, text, file; this one has none"),
        ({"text": "a", "record": "rec_1"}, "this one has record and text"),
    ],
)
def test_what_names_no_record_is_refused_by_its_row(row: dict[str, Any], words: str, team: Team) -> None:
    take_in(team, approved(team), items(*TEXTS))
    with pytest.raises(BadReferenceError, match=words) as caught:
        resolved(team, {"text": TEXTS[0]}, row)
    assert caught.value.facts["row"] == 1


def test_gold_and_proposals_are_written_by_text(team: Team, tmp_path: Path) -> None:
    take_in(team, approved(team), items(*TEXTS))
    campaign = factories.plan_campaign(team, list(ids(team).values())).id
    file = tmp_path / "known.jsonl"
    known = {"text": TEXTS[1], "values": {"topic": "billing"}, "score": 0.9, "explanation": "rule 1"}
    file.write_text(f"\n{json.dumps(known)}\n")
    assert "1 answer is proposed" in typed(team, "prelabel", "add", campaign, str(file), "--model", "rules 1")
    assert "1 right answer is known" in typed(team, "campaign", "gold", campaign, str(file))
    file.write_text(json.dumps(known | {"explanation": "one\u2028two"}, ensure_ascii=False), encoding="utf-8")
    typed(team, "prelabel", "add", campaign, str(file), "--model", "rules 2")  # a separator inside a text ends no line
    with team.read() as ctx:
        (marked,) = annotation.golds(ctx, campaign)
    assert (marked.values, marked.explanation) == ({"topic": "billing"}, "rule 1")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"text": "Nobody said this.", "values": {}}, "line 3: No record has the text"),
        ({"text": TEXTS[0]}, "Line 3 of"),
        ([], "it is no object"),
    ],
)
def test_a_line_that_cannot_stand_is_named(line: object, words: str, team: Team, tmp_path: Path) -> None:
    take_in(team, approved(team), items(*TEXTS))
    campaign = factories.plan_campaign(team, list(ids(team).values())).id
    file = tmp_path / "known.jsonl"
    file.write_text(f"\n{json.dumps({'text': TEXTS[1], 'values': {'topic': 'billing'}})}\n{json.dumps(line)}\n")
    with pytest.raises(AssertionError, match=words):
        typed(team, "campaign", "gold", campaign, str(file))
