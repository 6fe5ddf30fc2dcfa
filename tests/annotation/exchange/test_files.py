"""Bad files are refused with their place and a remedy, and cannot hurt whoever reads them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from headwater.annotation.exchange import files
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.model import ExchangeError, Item, Reply
from headwater.annotation.questions import parse

QUESTIONS = parse(
    [{"name": "parts", "kind": "spans", "options": ["a"]}, {"name": "boxes", "kind": "boxes", "options": ["a"]}]
)
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><annotations><image id="&b;"/></annotations>'


def put(folder: Path, data: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("form", "data", "message"),
    [
        (Format.JSONL, b'{"content": {}, "answers": []}\n{"content"', "Line 2 of 'file': not JSON"),
        (Format.JSONL, b'{"content": {}, "answers": {}}', "Line 1 of 'file': expected 'answers' to be a list"),
        (Format.JSONL, b'\n["a"]', "Line 2 of 'file': expected an object, found list"),
        (Format.JSONL, b'{"content": "\xff"}', "Line 1 of 'file': byte 14 is not UTF-8"),
        (Format.PARQUET, b"PAR0", "'file' is not a Parquet file"),
        (Format.DOCCANO, b'{"text": "x", "label": [[1]]}', "Line 1 of 'file': the label is not as expected"),
        (Format.TRL_KTO, b'{"prompt": "x", "completion": "y"}', "expected 'label' to be true or false"),
        (Format.CONLLU, b"1\tA\n", "Line 1 of 'file': expected 10 columns separated by tabs, found 2"),
        (Format.COCO, b"[]", "The text of 'file': expected an object, found list"),
        (Format.COCO, b'{"images": []}', "a part is missing"),
        (Format.CVAT, b"<annotations><image>", "Line 1 of 'file' is not well-formed XML"),
        (Format.CVAT, b'<a><image><box xtl="x"/></image></a>', "<image> 1 of 'file': <box> is unusable"),
        (Format.CVAT, LAUGHS, "declares a document type"),
        (Format.YOLO, b"no archive", "'file' is not a ZIP archive"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(form: Format, data: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError) as caught:
        list(CODECS[form].read(put(tmp_path, data), QUESTIONS))
    assert message in str(caught.value)
    assert caught.value.remedy or form is Format.PARQUET


def test_an_archive_may_not_lead_out_of_itself_or_hide_a_document_type(tmp_path: Path) -> None:
    for name, data, message in (
        ("../../etc/x.xml", b"<annotation/>", "leads out of the archive"),
        ("Annotations/x.xml", LAUGHS, "declares a document type"),
    ):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, data)
        with pytest.raises(ExchangeError, match=message):
            list(CODECS[Format.VOC].read(path, QUESTIONS))


def test_an_archive_that_blows_up_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ENTRY_LIMIT", 1000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Annotations/x.xml", b"<a>" + b" " * 10_000 + b"</a>")
    with pytest.raises(ExchangeError, match="larger than"):
        list(CODECS[Format.VOC].read(path, QUESTIONS))


def test_an_array_is_read_element_by_element_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_CHUNK", 7)
    path = put(tmp_path, ' [ {"a": "é[]{}"} ,\n{"a": [1, 2, {"b": "\\""}]}, {} ] '.encode())
    assert [value for _, value in files.elements(path)] == [{"a": "é[]{}"}, {"a": [1, 2, {"b": '"'}]}, {}]
    for text, where in (("[{}, 3]", "Element 2"), ("[{}, {", "Element 2"), ("[{}", "Element 2"), ("{}", "The text")):
        with pytest.raises(ExchangeError, match=where):
            list(files.elements(put(tmp_path, text.encode())))


def test_a_label_with_a_colon_leaves_the_list_of_voc_labels_readable(tmp_path: Path) -> None:
    questions = parse([{"name": "boxes", "kind": "boxes", "options": ["part: lid", "dent"]}])
    content = {"kind": "image", "image": "a.png", "width": 9, "height": 9}
    marks = [{"label": label, "x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0} for label in ("part: lid", "dent")]
    item = Item(id="a", content=content, answers=(Reply(values={"boxes": marks}),))
    data = b"".join(CODECS[Format.VOC].write([item], questions))
    with zipfile.ZipFile(put(tmp_path, data)) as archive:
        lines = archive.read("labelmap.txt").decode().splitlines()
    assert all(len(line.split(":")) == 4 for line in lines)
    (back,) = CODECS[Format.VOC].read(tmp_path / "file", questions)
    assert back.answers[0].values == {"boxes": marks}


@pytest.mark.parametrize("label", ["a:b|c", "a\\pb", "a\\|b\\"])
def test_a_label_with_a_pipe_comes_through_conllu(label: str, tmp_path: Path) -> None:
    questions = parse([{"name": "parts", "kind": "spans", "options": [label]}])
    spans = {"spans": [{"start": 0, "end": 4, "label": label}, {"start": 5, "end": 9, "label": label}]}
    item = Item(id="1", content={"kind": "text", "text": "this that"}, answers=(Reply(values={"parts": spans}),))
    path = put(tmp_path, b"".join(CODECS[Format.CONLLU].write([item], questions)))
    (back,) = CODECS[Format.CONLLU].read(path, questions)
    assert back.answers[0].values == {"parts": spans}
