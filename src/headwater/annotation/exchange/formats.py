"""The formats by name."""

from __future__ import annotations

from enum import StrEnum

from headwater.annotation.exchange import (
    argilla,
    chats,
    coco,
    conll,
    cvat,
    docbin,
    doccano,
    label_studio,
    own,
    prodigy,
    voc,
    yolo,
)
from headwater.annotation.exchange.model import Codec


class Format(StrEnum):
    """A file format of annotated tasks."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    LABEL_STUDIO = "label-studio"
    OPENAI = "openai"
    OPENAI_PREFERENCE = "openai-preference"
    TRL_COMPLETION = "trl-completion"
    TRL_PREFERENCE = "trl-preference"
    TRL_KTO = "trl-kto"
    TRL_STEPWISE = "trl-stepwise"
    ARGILLA = "argilla"
    PRODIGY = "prodigy"
    DOCCANO = "doccano"
    CONLL2003 = "conll2003"
    CONLLU = "conllu"
    SPACY = "spacy"
    COCO = "coco"
    YOLO = "yolo"
    VOC = "voc"
    CVAT = "cvat"


CODECS: dict[Format, Codec] = {
    Format(each.name): each
    for each in (
        own.JSONL,
        own.PARQUET,
        label_studio.CODEC,
        chats.OPENAI,
        chats.OPENAI_PREFERENCE,
        chats.COMPLETION,
        chats.PREFERENCE,
        chats.KTO,
        chats.STEPWISE,
        argilla.CODEC,
        prodigy.CODEC,
        doccano.CODEC,
        conll.CONLL_2003,
        conll.CONLL_U,
        docbin.CODEC,
        coco.CODEC,
        yolo.CODEC,
        voc.CODEC,
        cvat.CODEC,
    )
}
"""How each is written and read, and what it carries."""
