"""The keys of options: each one's own, none that the workspace needs itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import headwater.web
from headwater.annotation import shortcuts
from headwater.annotation.exchange import label_studio_config
from headwater.annotation.questions import SchemaError, parse

SCRIPTS = Path(headwater.web.__file__).parent / "static" / "js"


def schema(kind: str, *options: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"name": "topic", "kind": kind, "options": list(options), **more}]


def keyed(value: str, key: object) -> dict[str, object]:
    return {"value": value, "key": key}


WRONG = {
    "two options": (
        schema("single", keyed("bill", "b"), keyed("box", "b")),
        "has the key 'b', which option 'bill' has",
    ),
    "a key by place": (
        schema("multiple", keyed("bill", 2), "box"),
        "has the key '2', which option 'box' has by",
    ),
    "cannot decide": (schema("single", keyed("bill", 0)), "'bill' has the key '0', which the workspace needs"),
    "the list of keys": (schema("refusal", keyed("refuse", "?")), "which the workspace needs"),
    "submit": (schema("single", keyed("bill", "Enter")), "'Enter', but a key is one letter, digit or sign"),
    "undo": (schema("single", keyed("bill", "Backspace")), "'Backspace', but a key is one"),
    "a blank": (schema("boxes", keyed("rust", " ")), "but a key is one"),
    "walking over spans": (schema("spans", keyed("name", "n")), "'n', which the workspace needs"),
    "relations": (schema("spans", "name", relations=[keyed("of", "x"), keyed("by", "x")]), "'by' has the key 'x'"),
    "the eraser": (schema("mask", keyed("edge", "e")), "'e', which the workspace needs"),
    "hidden points": (schema("keypoints", keyed("tip", "H")), "'H', which the workspace needs"),
    "a tie": (schema("ranking", "a", "b", ties=True, reasons=[keyed("brief", "=")]), "'=', which the workspace needs"),
    "responses": (schema("ranking", reasons=[keyed("brief", "1")]), "'1', which the workspace needs"),
    "a thing to rank": (
        schema("ranking", "a", "b", reasons=[keyed("brief", "2")]),
        "the key '2', which option 'b'",
    ),
    "a rating": (schema("rating", keyed("1", "b")), "the steps of a rating have theirs by their place"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_key_that_is_taken_is_refused_with_what_is_free(case: str) -> None:
    data, said = WRONG[case]
    with pytest.raises(SchemaError, match=re.escape(said)) as caught:
        parse(data)
    assert str(caught.value).startswith("Question 1 'topic': option '")
    assert " Free are " in str(caught.value)
    assert parse(data, stored=True)  # what was taken once stays readable


def test_what_is_free_leaves_out_what_is_given_and_what_is_needed() -> None:
    with pytest.raises(SchemaError) as caught:
        parse(schema("mask", "edge", keyed("rust", "a"), keyed("hole", "e")))
    assert str(caught.value).endswith("Free are 2 3 4 5 6 7 8 9 b d g h i j k l m o q r t u v w x y z.")


@pytest.mark.parametrize(
    "data",
    [
        schema("single", keyed("bill", "b"), keyed("box", "x"), "other"),
        schema("single", keyed("device", "d"), {"value": "phone", "parent": "device", "key": "d"}),
        schema("spans", keyed("name", "m"), relations=[keyed("of", "m")]),
        schema("ranking", keyed("a", "x"), keyed("b", "y"), reasons=[keyed("brief", "z")]),
    ],
)
def test_keys_that_are_never_on_the_screen_together_may_be_the_same(data: list[dict[str, Any]]) -> None:
    assert parse(data)


def test_hotkeys_of_another_tool_that_cannot_be_had_are_left_out_and_said() -> None:
    found = label_studio_config.to_schema(
        b'<View><Text name="t" value="$t"/><Choices name="c" toName="t">'
        b'<Choice value="A" hotkey="ctrl+a"/><Choice value="B" hotkey="b"/></Choices></View>'
    )
    assert [option.key for option in found.questions[0].options] == ["", ""]
    assert "the hotkeys of 'c': option 'A' has the key 'ctrl+a'" in found.left_out[0]


@pytest.mark.parametrize(("script", "name", "kind"), [("dom", "KEYS", ""), ("questions/drawn", "KEYS", "mask")])
def test_the_keys_by_place_are_those_of_the_workspace(script: str, name: str, kind: str) -> None:
    source = (SCRIPTS / f"{script}.js").read_text()
    (keys,) = re.findall(rf'const {name} = \[\.\.\."([^"]+)"\]', source)
    assert keys == "".join(key for key in shortcuts.KEYS if key not in shortcuts.TAKEN.get(kind, ""))


@pytest.mark.parametrize(
    ("kind", "scripts"),
    [
        ("mask", ["questions/brush", "picture"]),
        ("keypoints", ["questions/marks", "picture"]),
        ("spans", ["questions/spans"]),
        ("ranking", ["questions/ranking"]),
    ],
)
def test_every_key_of_the_workspace_is_kept_from_options(kind: str, scripts: list[str]) -> None:
    sources = "".join((SCRIPTS / f"{script}.js").read_text() for script in scripts)
    found = {key for keys in re.findall(r"keys: \[([^\]]+)\]", sources) for key in re.findall(r'"([^"]+)"', keys)}
    signs = {key for key in found if len(key) == 1 and key != " "}
    assert signs
    assert signs <= set(shortcuts.TAKEN[kind] + shortcuts.EVERYWHERE)
