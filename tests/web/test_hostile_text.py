"""Stored text that tries to run: nothing of it does, on any page that shows it, in a real browser under the policy."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import batches, campaigns, comments, enquiries, queries, reviews, tasks
from headwater.annotation.model import Verdict
from headwater.annotation.plan import Plan
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.governance import accounts
from headwater.governance import queries as governance
from headwater.governance.model import SYSTEM, Role
from headwater.sourcing import sources
from headwater.sourcing.model import Provenance, SourceKind
from tests.annotation import factories
from tests.serving import Served
from tests.web.payloads import ADDRESSES, ATTRIBUTES, MARKUP, PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Dialog, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser
ALL = "\n\n".join(PAYLOADS)
SHORT = [text for text in PAYLOADS if len(text) <= 128 and text.strip()]
WATCH = """
  window.broken = [];
  addEventListener('securitypolicyviolation', (event) =>
    window.broken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
INSPECT = """() => ({
  hit: window.hit ?? null,
  broken: window.broken,
  handlers: [...document.querySelectorAll('*')].filter((each) =>
    [...each.attributes].some((attribute) => attribute.name.startsWith('on'))).map((each) => each.outerHTML),
  addresses: [...document.querySelectorAll('[href], [src], [action], [formaction]')].map((each) =>
    each.getAttribute('href') ?? each.getAttribute('src') ?? each.getAttribute('action')).filter((address) =>
    /^[\\s\\u200b]*(javascript|data|vbscript):/i.test(address ?? '')),
  scripts: [...document.querySelectorAll('script')].filter((each) =>
    !new URL(each.src || 'about:blank').pathname.startsWith('/static/')).length,
  frames: document.querySelectorAll('main iframe, main object, main embed, main base, main meta, main link').length,
})"""
CLEAN: dict[str, object] = {"hit": None, "broken": [], "handlers": [], "addresses": [], "scripts": 0, "frames": 0}


@dataclass  # without slots: the browser's driver marks the handlers it wraps on their object
class Watched:
    """A tab that notes everything that should not happen."""

    tab: Page
    site: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tab.add_init_script(WATCH)
        self.tab.on("dialog", self._dismiss)
        self.tab.on("pageerror", lambda error: self.wrong.append(f"error {error}"))
        self.tab.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        self.tab.on("request", lambda request: self._see(request.url))

    def _dismiss(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _see(self, url: str) -> None:
        if not url.startswith((self.site, "blob:")):
            self.wrong.append(f"request {url}")

    def visit(self, path: str, wait_for: str = "main") -> str:
        """Open a page and return its text; fails when anything ran, tried to, or could."""
        reply = self.tab.goto(f"{self.site}/p/support/{path}")
        assert reply
        assert reply.status == 200, path
        self.tab.locator(wait_for).first.wait_for()
        self.tab.wait_for_timeout(150)
        assert self.tab.evaluate(INSPECT) == CLEAN, path
        assert not self.wrong, path
        return self.tab.locator("main").inner_text()


def questions() -> list[Mapping[str, object]]:
    """A schema whose every text is hostile."""
    options = [{"value": text, "label": text, "help": text} for text in SHORT]
    return [
        {"name": "topic", "kind": "single", "text": ALL, "help": ALL, "options": options},
        {"name": "parts", "kind": "multiple", "text": MARKUP[5], "options": options, "required": False},
        {"name": "tree", "kind": "single", "options": [options[0], {"value": "x", "parent": SHORT[0]}]},
        {"name": "rank", "kind": "ranking", "reasons": options, "required": False},
        {"name": "spans", "kind": "spans", "options": options[:9], "relations": options[:2], "required": False},
        {"name": "size", "kind": "numeric", "unit": ATTRIBUTES[2], "required": False},
        {"name": "better", "kind": "text", "prefill": "reply", "required": False},
        {"name": "each", "kind": "single", "per_turn": "any", "options": options, "required": False},
    ]


def opened(team: Team) -> str:
    """Open a campaign in which everything that people can write is hostile."""
    messages = [{"role": text, "content": text} for text in PAYLOADS]
    payload = {"messages": messages, "responses": list(PAYLOADS), "reply": ALL}
    records = factories.put_records(team, [ALL, *PAYLOADS], payloads=[payload] * (len(PAYLOADS) + 1))
    schema = factories.publish_schema(team, questions())
    text = ALL + "".join(f"\n\n# {text}\n\n{text}\n\n- {text}\n" for text in PAYLOADS)
    text += f"\n\n# Shown\n\nRight: ![{MARKUP[5]}](record:{records[0]})\n\n![{ATTRIBUTES[2]}](record:{records[1]})\n"
    guideline = factories.publish_guideline(team, text, change=ATTRIBUTES[2])
    with team.act(team.ops) as ctx:
        plan = Plan(overlap=2, review_rate=1.0)
        row = campaigns.create(ctx, name=MARKUP[5], schema_id=schema.id, guideline_id=guideline.id, plan=plan)
        batches.add(ctx, row.id, name=ATTRIBUTES[2], records=records)
    factories.open_planned(team, row.id)
    return row.id


def answered(team: Team, campaign: str, annotator: str, topic: str) -> None:
    """Answer one task with hostile text and skip another for a hostile reason."""
    given = factories.claim(team, campaign, annotator)
    assert given is not None
    values = {"topic": topic, "tree": SHORT[0], "better": ALL, "size": {"cannot_decide": ATTRIBUTES[2]}}
    sent = Submission(
        lease_id=given.lease_id, token=given.token, client_id=str(uuid.uuid4()), values=values, note=ALL[:1900]
    )
    with team.act(annotator) as ctx:
        answer = tasks.submit(ctx, campaign, sent).answer_id
    for text in (MARKUP[5], ALL[:1900]):
        with team.act(team.reviewer) as ctx:
            comments.write(ctx, campaign, answer, text=text)
    other = factories.claim(team, campaign, annotator)
    assert other is not None
    with team.act(annotator) as ctx:
        tasks.skip(ctx, campaign, lease_id=other.lease_id, token=other.token, reason=ATTRIBUTES[2])


def returned(team: Team, campaign: str) -> None:
    """Return the first answer with a hostile reason; leave the reviewer with another."""
    with team.act(team.reviewer) as ctx:
        case = reviews.claim_review(ctx, campaign).assignment
        assert case is not None
        sent = Submission(lease_id=case.lease_id, token=case.token, client_id=str(uuid.uuid4()), values={})
        reviews.decide(ctx, campaign, sent, Opinion(verdict=Verdict.RETURN, reason=ALL[:490]))


def enquired(team: Team, campaign: str, annotator: str) -> None:
    """Ask two hostile questions and reply to one of them in kind."""
    held = factories.claim(team, campaign, annotator)
    assert held is not None
    for text in (ALL[:1900], MARKUP[5]):
        with team.act(annotator) as ctx:
            row = enquiries.ask(
                ctx, campaign, lease_id=held.lease_id, token=held.token, text=text, section=ATTRIBUTES[2]
            )
    with team.act(team.ops) as ctx:
        enquiries.reply(ctx, row.id, text=ALL[:1900])
        enquiries.publish(ctx, row.id)


def named(team: Team) -> None:
    """Add a person with a hostile name."""
    with team.app.act_as(SYSTEM) as ctx:
        admin = governance.first_admin(ctx).id
    with team.app.act_as(admin, team.program) as ctx:
        person = accounts.add_person(ctx, handle="mallory", name=MARKUP[5]).id
        accounts.assign_role(ctx, person=person, role=Role.ANNOTATOR)


def sourced(team: Team) -> str:
    """Register the source of the records with a hostile form, and return its id."""
    form = Provenance(
        title=MARKUP[5],
        description=ALL,
        issuer=ATTRIBUTES[2],
        origin=ADDRESSES[0],
        method=MARKUP[0],
        intended_use=MARKUP[8],
        licence="MIT",
        consent=ATTRIBUTES[0],
    )
    with team.act(team.ops) as ctx:
        return sources.register(ctx, name="src_test", kind=SourceKind.PRIVATE, provenance=form).id


def test_nothing_stored_runs_where_work_is_done(team: Team, site: Served, browser: Browser) -> None:
    assert len(set(PAYLOADS)) > 50
    campaign = opened(team)
    one, two = team.annotators[:2]
    answered(team, campaign, one, MARKUP[5])
    answered(team, campaign, two, MARKUP[8])
    enquired(team, campaign, team.annotators[2])
    bench = Watched(site.tab_of(browser, team.annotators[2]), site.url)
    shown = bench.visit(f"workspace/{campaign}", "hw-task hw-choice")
    for text in ("{{ 7 * 7 }}", MARKUP[0], ADDRESSES[0]):
        assert text in shown
    returned(team, campaign)
    for person in (one, two):
        noted = Watched(site.tab_of(browser, person), site.url)
        noted.visit(f"workspace/{campaign}", "hw-task hw-choice")
        assert MARKUP[5] in noted.visit(f"campaigns/{campaign}/comments")
        noted.tab.context.close()
    review = Watched(site.tab_of(browser, team.reviewer), site.url)
    review.tab.goto(f"{site.url}/p/support/campaigns/{campaign}")
    review.tab.get_by_role("button", name="Review answers").click()
    review.tab.locator("hw-task hw-choice").first.wait_for()
    review.visit(review.tab.url.partition("/p/support/")[2], "hw-task hw-choice")
    for page in ("disputes", "comments"):
        assert MARKUP[5] in review.visit(f"campaigns/{campaign}/{page}")
    for watched in (bench, review):
        watched.tab.context.close()


def test_nothing_in_a_record_runs_when_its_markdown_is_rendered(team: Team, site: Served, browser: Browser) -> None:
    messages = [{"role": "user", "content": f"**{text}**\n\n{text}"} for text in PAYLOADS]
    payload = {"messages": messages, "responses": [f"`{text}`\n\n{text}" for text in PAYLOADS[:20]]}
    records = factories.put_records(team, [ALL], payloads=[payload])
    data = [{"name": "rank", "kind": "ranking", "required": False}, {"name": "ok", "kind": "single", "options": ["y"]}]
    campaign = factories.open_campaign(team, records, plan=Plan(), data=data).id
    bench = Watched(site.tab_of(browser, team.annotators[0]), site.url)
    for as_source in (False, True):
        shown = bench.visit(f"workspace/{campaign}", "hw-task hw-choice")
        assert (MARKUP[0] in shown) is True
        assert bench.tab.locator(".rendered").first.is_visible() is not as_source
        assert bench.tab.locator(".rendered strong").count() > 0
        bench.tab.keyboard.press("Alt+m")
    assert bench.tab.evaluate(INSPECT) == CLEAN
    bench.tab.context.close()


def test_nothing_stored_runs_on_the_pages_of_those_who_manage(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team)
    named(team)
    source = sourced(team)
    answered(team, campaign, team.annotators[0], MARKUP[5])
    enquired(team, campaign, team.annotators[1])
    watched = Watched(site.tab_of(browser, team.lead), site.url)
    with team.read() as ctx:
        found = queries.campaign(ctx, campaign)
        proposals = [f"decisions/{each.id}" for each in governance.proposals(ctx)]
    pages = ["", "campaigns", f"campaigns/{campaign}", f"schemas/{found.schema_id}", "workspace", "people", "workforce"]
    pages += [f"guidelines/{found.guideline_id}", f"guidelines/{found.guideline_id}?words=%22%3E%3Cimg", "records"]
    pages += [
        "quality",
        "lineage",
        f"lineage/{campaign}",
        "inbox",
        "enquiries",
        "ledger",
        "sources",
        f"sources/{source}",
        *proposals,
    ]
    here, gold = f"campaigns/{campaign}", f"quality/campaigns/{campaign}/gold"
    pages += [
        f"{here}/{name}" for name in ("assignments", "automation", "schema", "guideline", "prelabels", "disputes")
    ]
    pages += [
        gold,
        f"{here}/disputes",
        "reviews",
        "appeals",
        "vendors",
        "charter",
        "raci",
        "waivers",
        "feedback",
        "workspace",
    ]
    pages += [f"guidelines/{found.guideline_id}/edit", "quality/alarms", "quality/acceptance"]
    person = f"quality/annotators/{team.annotators[0]}"
    for path in (*pages, person, f"{person}/answers", f"{person}/answers?question=better&value=%3Cscript%3E"):
        watched.visit(path)
    watched.visit("records?words=%3Cscript%3Ewindow.hit%3D1%3C%2Fscript%3E")
    watched.tab.goto(f"{site.url}/p/support/records")
    watched.tab.locator("main table a").first.click()
    watched.visit(watched.tab.url.partition("/p/support/")[2])
    watched.tab.context.close()
