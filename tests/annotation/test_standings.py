"""Which version a name means, and which records a batch takes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import batches, campaigns, guidelines, queries, schemas
from headwater.annotation.model import Standing
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team


def test_a_draft_does_not_hide_the_version_that_counts(team: Team) -> None:
    schema, guideline = factories.publish_schema(team), factories.publish_guideline(team)
    with team.act(team.ops) as ctx:
        schemas.create(ctx, name="topic", data=[{"name": "mood", "kind": "text"}])
        guidelines.create(ctx, name="topic", text=f"{factories.TEXT}\nMore.\n", change="more")
        made = campaigns.create(ctx, name="first", schema_id="topic", guideline_id="topic")
        assert (made.schema_id, made.guideline_id) == (schema.id, guideline.id)
        assert queries.schema(ctx, "topic").standing is Standing.DRAFT
        assert queries.schema(ctx, "topic", standing=Standing.PROPOSED).standing is Standing.DRAFT


def test_a_batch_of_so_many_takes_the_next_ones(team: Team) -> None:
    made = factories.plan_campaign(team, factories.put_records(team, ["first"]))
    records = factories.put_records(team, [f"message {place}" for place in range(6)])
    with team.act(team.ops) as ctx:
        for name, wanted in (("two", records[:4]), ("three", records[4:])):
            chosen = batches.select(ctx, limit=4, campaign_id=made.id)
            assert chosen == wanted
            batches.add(ctx, made.id, name=name, records=chosen)
