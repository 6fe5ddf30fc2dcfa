from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.text import language, nearduplicate, normal, personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to a.b@example.org now", "write to [email] now"),
        ("call +49 170 1234567 today", "call [phone] today"),
        ("Please call +49 170 1234567.", "Please call [phone]."),
        ("It costs 1.234.567.890.12 in all", "It costs 1.234.567.890.12 in all"),
        ("card 4111 1111 1111 1111 ok", "card [card] ok"),
        ("pay DE89 3704 0044 0532 0130 00 soon", "pay [iban] soon"),
        ("from 8.8.8.8 it came", "from [ip] it came"),
        ("on 2020-10-12 version 1.2.3 had 1000 users", "on 2020-10-12 version 1.2.3 had 1000 users"),
        ("card 4111 1111 1111 1112 is not one", "card 4111 1111 1111 1112 is not one"),
    ],
)
def test_personal_data_is_masked_by_its_kind(text: str, masked: str) -> None:
    assert personal.mask(text) == masked


@given(st.text())
def test_masking_is_stable(text: str) -> None:
    once = personal.mask(text)
    assert personal.mask(once) == once


@given(st.text(), st.integers(1, 3))
def test_case_and_white_space_do_not_change_the_fingerprint(text: str, spaces: int) -> None:
    spaced = (" " * spaces).join(["", *text.split(), ""])
    assert normal.fingerprint(spaced) == normal.fingerprint(" ".join(text.split()))


@given(st.text())
def test_clean_text_has_no_control_characters_and_no_outer_space(text: str) -> None:
    cleaned = normal.clean(text)
    assert cleaned == cleaned.strip() == normal.clean(cleaned)
    assert all(unicodedata.category(char)[0] != "C" or char in "\n\t\u200c\u200d" for char in cleaned)
    assert cleaned.replace("\u200d", "") or not any(char.isalnum() for char in text)


def test_languages_are_told_apart() -> None:
    assert language.identify("Ich möchte bitte ein Zimmer mit Frühstück buchen") == "de"
    assert language.identify("Where can I find the nearest train station please") == "en"
    assert language.identify("ok") == language.UNKNOWN


def test_near_duplicates_are_removed_only_against_a_kept_text() -> None:
    texts = [
        "my printer does not print since yesterday, please help",
        "My printer does not print since yesterday, please help!",
        "a completely different message about cooking pasta",
    ]
    found = nearduplicate.find(nearduplicate.signatures(texts))
    assert [(match.text, match.kept) for match in found] == [(1, 0)]


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=30))
def test_no_removed_text_is_what_another_is_removed_against(texts: list[str]) -> None:
    found = nearduplicate.find(nearduplicate.signatures(texts))
    removed = {match.text for match in found}
    assert all(match.kept not in removed for match in found)
    assert all(match.similarity >= 0.75 for match in found)


def test_estimated_similarities_have_the_error_they_should() -> None:
    rng = np.random.default_rng(11)
    words = [f"w{number}" for number in range(60)]
    texts = [" ".join(rng.choice(words, 30)) for _ in range(300)]
    shingles = [{text[i : i + nearduplicate.SHINGLE] for i in range(len(text) - 4)} for text in texts]
    marks = nearduplicate.signatures(texts)
    pairs = rng.integers(0, 300, (2000, 2))
    true = np.array([len(shingles[a] & shingles[b]) / len(shingles[a] | shingles[b]) for a, b in pairs])
    estimated = np.array([nearduplicate.similarity(marks[a], marks[b]) for a, b in pairs])
    assert abs((estimated - true).mean()) < 0.01
    assert (estimated - true).std() < 0.044


def test_a_text_has_the_same_signature_in_any_company() -> None:
    texts = ["a", "short", "a longer text that has many shingles", "", "x" * 100_000, "ü𝔘 mixed"]
    together = nearduplicate.signatures(texts)
    assert all((nearduplicate.signatures([text])[0] == mark).all() for text, mark in zip(texts, together, strict=True))
    assert nearduplicate.signatures([]).shape == (0, nearduplicate.PERMUTATIONS)


def test_estimated_similarity_is_near_the_true_one() -> None:
    rng = np.random.default_rng(3)
    words = [f"word{number}" for number in range(400)]
    base = list(rng.choice(words, 120))
    other = base[:90] + list(rng.choice(words, 30))
    left, right = " ".join(base), " ".join(other)

    def shingles(text: str) -> set[str]:
        return {text[i : i + nearduplicate.SHINGLE] for i in range(len(text) - nearduplicate.SHINGLE + 1)}

    true = len(shingles(left) & shingles(right)) / len(shingles(left) | shingles(right))
    one, two = nearduplicate.signatures([left, right])
    assert nearduplicate.similarity(one, two) == pytest.approx(true, abs=0.15)
