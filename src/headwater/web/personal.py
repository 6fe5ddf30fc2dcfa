"""The answers of one person on a page: in order, the quickest or drawn, beside records, others and gold; as a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from headwater.annotation import images, personal, personal_files
from headwater.annotation import queries as annotation
from headwater.annotation.personal_files import Form
from headwater.annotation.personal_model import Only, Order, Wanted
from headwater.annotation.questions import UNDECIDED
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.web.drawings import overlay
from headwater.web.session import Visitor, page

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}/quality")
SHOWN = 25
ONLY = {
    Only.ALL: "all",
    Only.DIFFERENT: "unlike most of the others'",
    Only.GOLD_MISTAKES: "mistakes on gold",
    Only.REPEATS: "equal to the one before",
    Only.LONGEST_RUN: "the longest run of equal ones",
    Only.SHARED_MISTAKES: "mistakes shared with …",
}
ORDER = {Order.GIVEN: "as given", Order.QUICKEST: "quickest first", Order.RANDOM: "a random sample"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """The fields of the form above the answers, as a browser sends them: empty where nothing was chosen."""

    campaign: str = ""
    question: str = ""
    since: str = ""
    until: str = ""
    value: str = ""
    only: str = Only.ALL.value
    order: str = Order.GIVEN.value
    seed: str = "0"
    beside: str = ""

    @property
    def wanted(self) -> Wanted:
        """The same as what is asked for; a moment without a zone is one of UTC, the second that ends is included."""
        until = _moment(self.until)
        return Wanted(
            question=self.question,
            since=_moment(self.since),
            until=until + timedelta(seconds=1, microseconds=-1) if until else None,
            value=self.value.strip(),
            only=Only(self.only) if self.only in set(Only) else Only.ALL,
            order=Order(self.order) if self.order in set(Order) else Order.GIVEN,
            seed=int(self.seed) if self.seed.isdecimal() else 0,
            beside=self.beside,
        )

    def query(self, **changed: str) -> str:
        """The address that asks for the same, but for what changed."""
        return urlencode({name: value for name, value in (asdict(self) | changed).items() if value})


Filter = Annotated[_Filter, Depends()]


@router.get("/annotators/{person}/answers")
def answers(visitor: Visitor, person: str, chosen: Filter, after: str = "") -> Response:
    """Show the answers of a person in a campaign."""
    with visitor.reading() as ctx:
        names = governance.names(ctx)
        campaign = _campaign(ctx, chosen)
        questions = annotation.schema(ctx, campaign.schema_id).questions
        if chosen.question not in {each.name for each in questions}:
            chosen = replace(chosen, question="")  # that of the campaign which was chosen before
        found = personal.read(ctx, campaign.id, person, chosen.wanted, after=after, limit=SHOWN)
        asked = next(each for each in questions if each.name == found.question)
        return page(
            visitor,
            ctx,
            "quality/answers.html",
            active="quality",
            found=found,
            drawn={row.id: overlay(row.size, [row.value, row.known]) for row in found.rows},
            name=names.get(person, person),
            campaign=campaign,
            campaigns=[(each.id, each.name) for each in annotation.campaigns(ctx)],
            questions=[(each.name, each.name) for each in questions],
            values=[*(option.value for option in asked.options), UNDECIDED],
            people=[(each, names.get(each, each)) for each in _others(ctx, campaign, person)],
            only={each: text for each, text in ONLY.items() if each is not Only.GOLD_MISTAKES or _sees_gold(ctx)},
            orders=ORDER,
            chosen=chosen,
            wanted=chosen.wanted,
            after=after,
        )


@router.get("/annotators/{person}/answers.{form}")
def export(visitor: Visitor, person: str, form: Form, chosen: Filter) -> Response:
    """Give all answers that are filtered as a file, people under pseudonyms."""
    with visitor.reading() as ctx:
        campaign = _campaign(ctx, chosen)
        personal.read(ctx, campaign.id, person, chosen.wanted, limit=1)  # says what is wrong before the file begins
        opened = partial(visitor.app.read_as, ctx.actor, ctx.program)
    return StreamingResponse(
        personal_files.write(opened, campaign.id, person, chosen.wanted, form),
        media_type=form.media_type,
        headers={"Content-Disposition": f'attachment; filename="answers-{person[:20]}.{form.value}"'},
    )


@router.get("/campaigns/{campaign}/tasks/{task}/image")
def image(visitor: Visitor, campaign: str, task: str) -> Response:
    """Give the image of a task to those who accept the campaign's work."""
    with visitor.reading() as ctx:
        found = personal.image(ctx, campaign, task)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


def query_of(campaign_id: str, wanted: Wanted) -> str:
    """Return the part of the page's address that asks for some answers of a campaign."""
    until = wanted.until
    return _Filter(
        campaign=campaign_id,
        question=wanted.question,
        since=f"{wanted.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if wanted.since else "",
        until=f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if until else "",
        value=wanted.value,
        only=wanted.only.value if wanted.only is not Only.ALL else "",
        order=wanted.order.value if wanted.order is not Order.GIVEN else "",
        seed=str(wanted.seed) if wanted.order is Order.RANDOM else "",
        beside=wanted.beside,
    ).query()


def _campaign(ctx: Context, chosen: _Filter) -> Campaign:
    """The campaign that is asked for, else the newest one."""
    if chosen.campaign:
        return annotation.campaign(ctx, chosen.campaign)
    found = annotation.campaigns(ctx)
    if not found:
        raise InvalidError("There is no campaign yet.", remedy="Open one; its answers can be read here.")
    return found[0]


def _others(ctx: Context, campaign: Campaign, person: str) -> list[str]:
    return sorted({each.annotator for each in annotation.tallies(ctx, campaign.id)} - {person})


def _sees_gold(ctx: Context) -> bool:
    return may(ctx, Decision.GOLD_CHANGE)


def _moment(text: str) -> datetime | None:
    """A moment as a form sends it.

    Raises:
        InvalidError: It is none.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(f"'{text}' is no moment.", remedy="Write it as 2026-03-31T17:30.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
