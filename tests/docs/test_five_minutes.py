"""The five minutes of the README work as they are typed, on a file of one's own."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from headwater.annotation import queries as annotation
from headwater.annotation import tasks
from headwater.app.application import open_app
from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.governance import queries
from tests.annotation.factories import submission

README = Path(__file__).parent.parent.parent / "README.md"
CLI = build()
SECTION = README.read_text(encoding="utf-8").partition("## Five minutes")[2].partition("\n## ")[0]
BLOCKS = dict(re.findall(r"```(\w+)\n(.*?)```", SECTION, re.DOTALL))
TEXTS = (
    *("The invoice of March names the wrong address.", "You charged my card twice.", "When is the next payment due?"),
    *("The printer stops after one page.", "I cannot sign in since the update.", "My screen stays black after lunch."),
    *(
        "Thank you for the quick help yesterday!",
        "Your new app is lovely.",
        "Nobody explains as well as you do.",
    ),
)


def test_the_five_minutes_of_the_readme_end_in_a_release_that_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chosen, "workspace", Path())
    Path("items.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS), encoding="utf-8")
    Path("topic.yaml").write_text(BLOCKS["yaml"], encoding="utf-8")
    Path("topic.md").write_text("# billing\n\nMoney.\n\n# fault\n\nBroken.\n\n# praise\n\nThanks.\n", encoding="utf-8")
    for line in lines(BLOCKS["shell"]):
        if line.startswith("export "):
            monkeypatch.setenv(*line.removeprefix("export ").split("=", 1))
        elif line == "headwater serve":
            work()
        else:
            typed(line.replace("BATCH", batch()) if "BATCH" in line else line)
        if line.endswith("decision list"):
            hear(line)


def lines(block: str) -> list[str]:
    """Return the commands of a block: continuations joined, comments left out, loops unrolled, chains parted."""
    found = []
    for line in block.replace("\\\n", " ").splitlines():
        line = re.sub(r"\s+#.*", "", line).strip()  # noqa: PLW2901
        loop = re.fullmatch(r"for (\w+) in (.*?); do (.*?); done", line)
        every = [loop[3].replace(f"${loop[1]}", each) for each in loop[2].split()] if loop else [line]
        found += [part for each in every for part in each.split(" && ") if part]
    return found


def typed(line: str) -> str:
    """Type a line, which must succeed."""
    name, *words = shlex.split(line)
    assert name == "headwater"
    done = CliRunner().invoke(CLI, words)
    assert done.exit_code == 0, f"{line}\n{done.output}{done.exception or ''}"
    return done.output


def read(line: str) -> Any:
    return json.loads(typed(f"{line} --json"))


def hear(line: str) -> None:
    """Answer, as the comment says, what the expert is consulted on."""
    for proposal in read(line):
        typed(f"headwater --as expert decision answer {proposal['id']}")


def batch() -> str:
    with open_app(Path("mine")) as app, app.read_as() as ctx:
        program = queries.programs(ctx)[0].id
        inside = app.context(ctx.db, "system", program)
        return str(annotation.batches(inside, annotation.campaigns(inside)[0].id)[0].id)


def work() -> None:
    """Answer every task as every annotator does in the browser."""
    with open_app(Path("mine")) as app:
        with app.read_as() as ctx:
            program = queries.programs(ctx)[0].id
            inside = app.context(ctx.db, "system", program)
            campaign = annotation.campaigns(inside)[0].id
            people = [person.id for person, role in queries.members(inside) if role.value == "annotator"]
        for person in people:
            while True:
                with app.act_as(person, program) as ctx:
                    given = tasks.claim(ctx, campaign).assignment
                    if given is None:
                        break
                    tasks.submit(ctx, campaign, submission(given))
