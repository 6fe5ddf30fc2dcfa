"""A guideline's sections per label are read and linted by line; annotators are told what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import campaigns, guideline_sections, guidelines, queries
from headwater.annotation.questions import parse
from headwater.core.errors import StaleError
from headwater.governance import queries as governance
from tests.annotation.factories import TEXT, open_campaign, publish_guideline, work_through

if TYPE_CHECKING:
    from tests.workspaces import Team

QUESTIONS = parse([{"name": "topic", "kind": "single", "options": ["billing", "fault", "praise"]}])
FULL = """# Topics

Read the message.

## billing

Money changes hands.

- **Right:** I was charged twice,
  and want it back.
- Wrong: the card reader is broken

### Tie-breaks

Money lost to a fault is a fault.

## topic: fault

Right: it does not start
Wrong: how do I start it

## refund

Old.

## Rules

None.
"""


def test_a_section_is_taken_apart_into_rules_pairs_and_tie_breaks() -> None:
    billing, fault = guideline_sections.of_labels(FULL, QUESTIONS)
    assert (billing.label, billing.line, billing.rules) == ("billing", 5, "Money changes hands.")
    assert (billing.right, billing.wrong) == (
        ("I was charged twice, and want it back.",),
        ("the card reader is broken",),
    )
    assert billing.ties == ("Money lost to a fault is a fault.",)
    assert (fault.title, fault.right, fault.ties) == ("topic: fault", ("it does not start",), ())


def test_what_is_missing_or_unknown_is_remarked_at_its_line() -> None:
    found = [(each.line, each.text) for each in guideline_sections.remarks(FULL, QUESTIONS)]
    assert found == [
        (0, "'praise' has no section: add a heading 'praise'."),
        (17, "'fault' lacks a line 'Tie-break: …' that decides between it and its neighbours."),
        (22, "'refund' is no label: rename the section, or the label."),
    ]
    strange = guideline_sections.remarks("# topic: weather\n", QUESTIONS)
    assert "'weather' is no label of 'topic': rename the section, or the label." in {each.text for each in strange}
    assert not guideline_sections.remarks(FULL, ())


def test_headings_inside_code_are_no_sections() -> None:
    (found,) = guideline_sections.of_labels("# billing\n\n```\n# fault\n```\n", QUESTIONS)
    assert found.label == "billing"


def test_a_version_written_meanwhile_is_a_conflict(team: Team) -> None:
    with team.act(team.ops) as ctx:
        guidelines.create(ctx, name="topic", text=TEXT, seen_version=0)
        guidelines.create(ctx, name="topic", text=f"{TEXT}More.\n", change="more", seen_version=1)
        with pytest.raises(StaleError, match="has a version 2 since you began with version 1"):
            guidelines.create(ctx, name="topic", text=f"{TEXT}Less.\n", change="less", seen_version=1)


def test_annotators_of_running_campaigns_are_told_what_changed_and_when_it_counts(team: Team) -> None:
    campaign = open_campaign(team, 3)
    one, two = team.annotators[:2]
    work_through(team, campaign.id, one)
    changed = TEXT.replace("Money.", "Money, and refunds.")
    new = publish_guideline(team, changed, change="Refunds are billing.")
    with team.act(team.ops) as ctx:
        campaigns.change(ctx, campaign.id, guideline_id=new.id)
    with team.act(one) as ctx:
        told = [each.text for each in governance.notices(ctx) if each.kind == "guideline"]
    moved, published = told
    said = "Refunds are billing. Changed: billing."
    assert moved == f"'first' goes on under topic v2. {said}"
    assert published == f"Guideline topic v2 was published. {said} 'first' keeps its version until it is moved."
    with team.act(two) as ctx:
        assert not [each for each in governance.notices(ctx) if each.kind == "guideline"]
        assert queries.people(ctx, campaign.id) == [one]
