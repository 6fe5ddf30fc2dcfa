"""Files that the formats' own libraries made are read as those libraries see them (see `make_independent`)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from headwater.annotation import masks
from headwater.annotation.exchange import brush, label_studio_config
from headwater.annotation.exchange.docbin import hashed
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.msgpack import pack, unpack
from headwater.annotation.questions import parse

MADE = Path(__file__).parent / "made"
TEXT = "Ada Lovelace wrote  to Charles\nin London. 😀"
LABELS = ["person", "place"]


def test_a_docbin_of_spacy_is_read_with_its_exact_text_entities_and_categories() -> None:
    questions = parse(
        [
            {"name": "parts", "kind": "spans", "options": LABELS},
            {"name": "good", "kind": "single", "options": ["good", "bad"]},
        ]
    )
    first, second = CODECS[Format.SPACY].read(MADE / "file.spacy", questions)
    spans = [{"start": 0, "end": 12, "label": "person"}, {"start": 34, "end": 40, "label": "place"}]
    assert first.content["text"] == TEXT
    assert first.answers[0].values == {"parts": {"spans": spans}, "good": "good"}
    assert (second.content["text"], second.answers) == ("Nothing here.", ())


def test_texts_are_hashed_as_spacy_hashes_them() -> None:
    # spacy.strings.StringStore().add(…), spaCy 3.8.7
    assert hashed("hello") == 5983625672228268878
    assert hashed("Größe") == 7396115628881461082
    assert hashed("a longer text of words") == 1312581144155245605
    assert hashed("") == 0


def test_messagepack_comes_back_and_what_is_broken_is_refused() -> None:
    value = {"a": [1, -5, 2**40, 1.5, None, True, False, b"\x00", "é"], "b": {}}
    assert unpack(pack(value)) == value
    assert unpack(b"\x82\xa1a\x93\x01\xff\xcd\x01\x00\xa1b\xc0") == {"a": [1, -1, 256], "b": None}
    for broken in (b"", b"\xdb\xff\xff\xff\xffa", b"\xc1", b"\x91" * 40):
        with pytest.raises(ValueError, match=r"ends early|not known|too deep"):
            unpack(broken)


def test_a_coco_file_with_packed_masks_of_pycocotools_is_read() -> None:
    questions = parse([{"name": kind, "kind": kind, "options": ["dent"]} for kind in ("boxes", "polygons", "mask")])
    (item,) = CODECS[Format.COCO].read(MADE / "coco.json", questions)
    values = item.answers[0].values
    assert values["boxes"] == [{"x": 1.5, "y": 2, "width": 10, "height": 20.25, "label": "dent"}]
    assert values["polygons"] == [{"points": [[1, 2], [30, 2.5], [20, 40]], "label": "dent"}]
    wanted = np.zeros((48, 64), bool)
    wanted[5:20, 10:30] = True
    wanted[30, :] = True
    assert np.array_equal(masks.pixels(values["mask"][0]["rle"]), wanted)


def test_a_brush_mask_of_label_studio_is_read_and_ours_comes_back() -> None:
    made = json.loads((MADE / "brush.json").read_text(encoding="utf-8"))
    wanted = np.zeros((7, 13), bool)
    wanted[1:4, 2:9] = True
    wanted[6, :] = True
    assert np.array_equal(brush.pixels(made["rle"], (7, 13)), wanted)
    for mask in (wanted, ~wanted, wanted[:1], np.random.default_rng(0).random((90, 400)) < 0.5):
        assert np.array_equal(brush.pixels(brush.packed(mask), mask.shape), mask)
    for broken in (made["rle"][:-1], [], [0, 0, 0, 1, *made["rle"][4:]]):
        with pytest.raises(ValueError, match="brush mask"):
            brush.pixels(broken, (7, 13))


def test_a_hierarchy_of_label_studio_has_one_answer_where_it_says_so() -> None:
    inner = '<Choice value="a"><Choice value="b"/></Choice>'
    for said, kind in (("", "multiple"), ('maxUsages="1"', "single"), ('choice="single"', "single")):
        config = f'<View><Taxonomy name="t" toName="text" {said}>{inner}</Taxonomy></View>'
        (found,) = label_studio_config.to_schema(config.encode()).questions
        assert found.kind == kind
        assert label_studio_config.to_schema(label_studio_config.config([found]).encode()).questions == (found,)


def test_a_conllu_file_with_a_word_of_two_tokens_is_read_with_its_text() -> None:
    questions = parse([{"name": "parts", "kind": "spans", "options": LABELS}])
    (item,) = CODECS[Format.CONLLU].read(MADE / "file.conllu", questions)
    assert (item.id, item.content["text"]) == ("one", "Zum Bahnhof, bitte.")
    assert item.answers[0].values["parts"]["spans"] == [{"start": 4, "end": 11, "label": "place"}]
