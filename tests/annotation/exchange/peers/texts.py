"""Formats of texts and chats as the libraries of others write and read them; runs in their environment.

Sources: spaCy (MIT), conllu (MIT), argilla (Apache-2.0), label-studio-sdk (Apache-2.0), datasets (Apache-2.0),
trl (Apache-2.0), openai (Apache-2.0).
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import argilla
import conllu
import datasets
import spacy
from argilla._models import RecordModel
from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
from openai.types.chat import ChatCompletionMessageParam
from pydantic import TypeAdapter
from spacy.tokens import Doc, DocBin
from spacy.training import converters
from trl import data_utils

Text = dict[str, Any]
_CONFIG = """<View><Text name="text" value="$text"/>
<Labels name="parts" toName="text"><Label value="dent"/><Label value="edge"/></Labels>
<Choices name="verdict" toName="text" choice="single"><Choice value="good"/><Choice value="bad"/></Choices></View>"""
_MESSAGES: TypeAdapter[Any] = TypeAdapter(list[ChatCompletionMessageParam])
_USER = uuid.UUID("018f3a2e-0000-7000-8000-000000000001")


def _doc(text: Text) -> Doc:
    doc = spacy.blank("en")(text["text"])
    doc.ents = [doc.char_span(*span) for span in text["spans"]]
    doc.cats = {each: float(each in text["tags"]) for each in ("good", "bad")}
    return doc


def _of_doc(doc: Doc) -> Text:
    spans = [[each.start_char, each.end_char, each.label_] for each in doc.ents]
    return {"text": doc.text, "spans": spans, "tags": [name for name, value in doc.cats.items() if value]}


def write_spacy(case: dict[str, Any], path: Path) -> None:
    """Write a DocBin by spaCy."""
    DocBin(docs=[_doc(each) for each in case["texts"]]).to_disk(path)


def read_spacy(_case: dict[str, Any], path: Path) -> list[Text]:
    """Read a DocBin by spaCy."""
    return [_of_doc(doc) for doc in DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)]


def _studio(text: Text, number: int) -> dict[str, Any]:
    regions: list[dict[str, Any]] = [
        {
            "id": f"s{n}",
            "from_name": "parts",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text["text"][start:end], "labels": [label]},
        }
        for n, (start, end, label) in enumerate(text["spans"])
    ]
    choice = {"choices": text["tags"]}
    regions.append({"id": "c", "from_name": "verdict", "to_name": "text", "type": "choices", "value": choice})
    annotation = {"id": number, "result": regions, "was_cancelled": False, "completed_by": {"id": 1}}
    return {"id": number, "data": {"text": text["text"]}, "annotations": [annotation], "predictions": []}


def write_conll(case: dict[str, Any], path: Path) -> None:
    """Write CoNLL-2003 by the converter of Label Studio."""
    tasks = path.with_suffix(".json")
    tasks.write_text(json.dumps([_studio(each, n) for n, each in enumerate(case["texts"], 1)]), encoding="utf-8")
    folder = path.with_suffix(".made")
    Converter(_CONFIG, project_dir=None).convert_to_conll2003(str(tasks), str(folder), is_dir=False)
    (made,) = folder.glob("*.conll")
    path.write_bytes(made.read_bytes())


def read_conll(_case: dict[str, Any], path: Path) -> list[list[str]]:
    """Read CoNLL-2003 by spaCy: the words of the spans, since it keeps no spaces."""
    docs = converters.conll_ner_to_docs(path.read_text(encoding="utf-8"), n_sents=0)
    return [[" ".join(word.text for word in each), each.label_] for doc in docs for each in doc.ents]


def write_conllu(case: dict[str, Any], path: Path) -> None:
    """Write CoNLL-U by conllu, entities as spaCy tells them."""
    sentences = []
    for number, text in enumerate(case["texts"]):
        doc = _doc(text)
        rows = []
        for place, word in enumerate(each for each in doc if not each.is_space):
            misc = {} if word.ent_iob_ in {"O", ""} else {"NER": f"{word.ent_iob_}-{word.ent_type_}"}
            follows = text["text"][word.idx + len(word) :]
            gap = follows[: len(follows) - len(follows.lstrip())]
            if gap != " ":
                misc |= {"SpacesAfter": gap.replace("\n", "\\n")} if gap else {"SpaceAfter": "No"}
            rows.append(conllu.models.Token(id=place + 1, form=word.text, misc=misc or None))
        for row in rows:
            for name in ("lemma", "upos", "xpos", "feats", "head", "deprel", "deps"):
                row[name] = None
            row.update({"misc": row.pop("misc")})
        metadata = conllu.models.Metadata(sent_id=f"s{number}", text=" ".join(text["text"].split()))
        sentences.append(conllu.models.TokenList(rows, metadata))
    path.write_text("".join(each.serialize() for each in sentences), encoding="utf-8")


def read_conllu(_case: dict[str, Any], path: Path) -> list[list[str]]:
    """Read CoNLL-U by conllu: the words of the spans, gathered from their tags."""
    words: list[list[str]] = []
    for sentence in conllu.parse(path.read_text(encoding="utf-8")):
        for token in sentence:
            tag = (token["misc"] or {}).get("NER", "O")
            if tag.startswith("B-"):
                words.append([token["form"], tag[2:]])
            elif tag.startswith("I-"):
                words[-1][0] += f" {token['form']}"
    return words


def write_argilla(case: dict[str, Any], path: Path) -> None:
    """Write records by argilla."""
    rows = []
    for text in case["texts"]:
        spans = [{"start": start, "end": end, "label": label} for start, end, label in text["spans"]]
        responses = [
            argilla.Response("parts", spans, _USER, status="submitted"),
            argilla.Response("verdict", text["tags"][0], _USER, status="submitted"),
        ]
        record = argilla.Record(
            id=str(uuid.uuid5(_USER, text["text"])), fields={"text": text["text"]}, responses=responses
        )
        rows.append(json.dumps(record.to_dict(), default=str, ensure_ascii=False))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def read_argilla(_case: dict[str, Any], path: Path) -> list[Text]:
    """Read records by the models in which argilla holds what its server sends."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        row["external_id"] = row.pop("id")  # a server numbers its own records
        for each in row["responses"]:
            each["user_id"] = str(_USER)  # a server wants its own users; files from here have pseudonyms
        record = RecordModel(**row)
        (given,) = record.responses
        values = {name: each["value"] for name, each in given.values.items()}
        spans = [[each["start"], each["end"], each["label"]] for each in values["parts"]]
        found.append({"text": record.fields["text"], "spans": spans, "tags": [values["verdict"]]})
    return found


def write_studio(case: dict[str, Any], path: Path) -> None:
    """Write tasks that Label Studio's own kit accepts."""
    tasks = [_studio(each, n) for n, each in enumerate(case["texts"], 1)]
    interface = LabelInterface(_CONFIG)
    for task in tasks:
        for annotation in task["annotations"]:
            assert interface.validate_annotation(annotation)
    path.write_text(json.dumps(tasks), encoding="utf-8")


def read_studio(_case: dict[str, Any], path: Path) -> list[Text]:
    """Check tasks by Label Studio's own kit and read them by its converter."""
    tasks = json.loads(path.read_text(encoding="utf-8"))
    interface = LabelInterface(_CONFIG)
    assert all(interface.validate_annotation(annotation) for task in tasks for annotation in task["annotations"])
    folder = path.with_suffix(".made")
    Converter(_CONFIG, project_dir=None).convert_to_json_min(str(path), str(folder), is_dir=False)
    found = []
    for row in json.loads((folder / "result.json").read_text(encoding="utf-8")):
        spans = [[each["start"], each["end"], each["labels"][0]] for each in row["parts"]]
        found.append({"text": row["text"], "spans": spans, "tags": [row["verdict"]]})
    return found


def _turns(pairs: list[list[str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in pairs]


def _said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def _checked(messages: Any) -> list[list[str]]:
    return [[each["role"], each["content"]] for each in _MESSAGES.validate_python(messages)]


def _row(form: str, chat: dict[str, Any]) -> dict[str, Any]:
    prompt, (good, bad) = _turns(chat["messages"]), chat["answers"]
    rows: dict[str, dict[str, Any]] = {
        "openai": {"messages": [*prompt, *_said(good)]},
        "openai-preference": {
            "input": {"messages": prompt},
            "preferred_output": _said(good),
            "non_preferred_output": _said(bad),
        },
        "trl-completion": {"prompt": prompt, "completion": _said(good)},
        "trl-preference": {"prompt": prompt, "chosen": _said(good), "rejected": _said(bad)},
        "trl-kto": {"prompt": prompt, "completion": _said(good), "label": True},
        "trl-stepwise": {"prompt": chat["messages"][-1][1], "completions": [good, bad], "labels": [True, False]},
    }
    return rows[form]


def write_chats(form: str) -> Any:
    """Return a writer by datasets, whose rows are checked by openai's types and told apart by trl."""

    def write(case: dict[str, Any], path: Path) -> None:
        rows = [_row(form, chat) for chat in case["chats"]]
        for row in rows:
            _look(form, row)
        datasets.Dataset.from_list(rows).to_json(str(path), force_ascii=False)

    return write


def read_chats(form: str) -> Any:
    """Return a reader by datasets, openai's types and trl."""

    def read(_case: dict[str, Any], path: Path) -> list[dict[str, Any]]:
        rows = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(path.parent / "cache"))
        return [_look(form, row) for row in rows]

    return read


def _look(form: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as openai's types and trl see it."""
    if form == "openai":
        *messages, (_, answer) = _checked(row["messages"])
        return {"messages": messages, "answers": [answer]}
    if form == "openai-preference":
        sides = [_checked(row[name])[-1][1] for name in ("preferred_output", "non_preferred_output")]
        return {"messages": _checked(row["input"]["messages"]), "answers": sides}
    if form == "trl-stepwise":
        assert not data_utils.is_conversational(row)
        return {"prompt": row["prompt"], "answers": row["completions"], "labels": row["labels"]}
    assert data_utils.is_conversational(row)
    if form == "trl-preference":
        joined = {name: [*row["prompt"], *row[name]] for name in ("chosen", "rejected")}
        assert data_utils.maybe_extract_prompt(joined)["prompt"] == row["prompt"]
    names = [name for name in ("completion", "chosen", "rejected") if name in row]
    seen = {"messages": _checked(row["prompt"]), "answers": [_checked(row[name])[-1][1] for name in names]}
    return seen | ({"label": row["label"]} if form == "trl-kto" else {})


PEERS = {
    "spacy": ("spacy", write_spacy, read_spacy),
    "conll2003": ("label-studio-sdk, spacy", write_conll, read_conll),
    "conllu": ("conllu", write_conllu, read_conllu),
    "argilla": ("argilla", write_argilla, read_argilla),
    "label-studio": ("label-studio-sdk", write_studio, read_studio),
} | {
    form: (library, write_chats(form), read_chats(form))
    for form, library in (
        ("openai", "datasets, openai"),
        ("openai-preference", "datasets, openai"),
        ("trl-completion", "datasets, openai, trl"),
        ("trl-preference", "datasets, openai, trl"),
        ("trl-kto", "datasets, openai, trl"),
        ("trl-stepwise", "datasets, trl"),
    )
}
"""Format → libraries, writer and reader."""
