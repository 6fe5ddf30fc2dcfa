"""Markdown in records: read as it was meant, never active, never changed."""

from __future__ import annotations

import pytest

from headwater.annotation import prose


def html(text: str) -> str:
    return str(prose.rendered({"text": text}).get("text", ""))


@pytest.mark.parametrize("text", ["Plain words.", "2 * 3 * 4 = 24", "snake_case_name", "a < b > c", ""])
def test_plain_text_is_not_rendered(text: str) -> None:
    assert prose.rendered({"text": text}) == {}


def test_bold_code_lists_and_tables_are_rendered() -> None:
    assert "<strong>bold</strong>" in html("A **bold** word")
    assert "<pre><code>if a &lt; b:\n    pass\n</code></pre>" in html("```python\nif a < b:\n    pass\n```")
    assert '<ol start="3">' in html("3. third\n4. fourth")
    assert "<td>1</td>" in html("| a |\n|---|\n| 1 |")


def test_line_breaks_of_a_chat_are_kept() -> None:
    assert html("**Hi**\nthere").count("<br") == 1


def test_nothing_of_a_record_is_left_out_or_made_active() -> None:
    assert "<img" not in html("![a cat](https://example.org/cat.png)")
    assert "a cat" in html("![a cat](https://example.org/cat.png)")
    assert "&lt;script&gt;" in html("**x** <script>alert(1)</script>")
    assert "href" not in html("[x](javascript:alert(1))")


def test_each_turn_and_response_is_rendered_by_itself() -> None:
    shown = {
        "text": "**whole**",
        "turns": [{"role": "user", "text": "plain"}, {"role": "assistant", "text": "`code`"}],
        "responses": ["**a**", "b"],
    }
    found = prose.rendered(shown)
    assert [bool(each) for each in found["turns"]] == [False, True]
    assert [bool(each) for each in found["responses"]] == [True, False]
    assert found["text"] == ""


def test_a_text_that_is_too_long_stays_as_it_is() -> None:
    assert prose.rendered({"text": "**a** " * prose.LONGEST}) == {}
