"""Have the libraries of the formats themselves make files for the tests, and read those Headwater made.

    PYTHON make_independent.py            # writes into made/
    PYTHON make_independent.py FOLDER     # reads coco.json, file.spacy, file.conllu in FOLDER, prints what it sees

PYTHON has spacy 3.8.7, pycocotools 2.0.10, conllu 6.0.0 and label-studio-sdk 2.0.19 installed.
"""

import json
import sys
from pathlib import Path

import conllu
import numpy as np
import spacy
from label_studio_sdk.converter import brush
from pycocotools import mask as masks
from pycocotools.coco import COCO
from spacy.tokens import DocBin

MADE = Path(__file__).parent / "made"
TEXT = "Ada Lovelace wrote  to Charles\nin London. 😀"
UNIVERSAL = """# sent_id = one
# text = Zum Bahnhof, bitte.
1-2\tZum\t_\t_\t_\t_\t_\t_\t_\t_
1\tzu\tzu\tADP\t_\t_\t3\tcase\t_\t_
2\tdem\tder\tDET\t_\t_\t3\tdet\t_\t_
3\tBahnhof\tBahnhof\tNOUN\t_\t_\t0\troot\t_\tSpaceAfter=No|NER=B-place
4\t,\t,\tPUNCT\t_\t_\t3\tpunct\t_\t_
5\tbitte\tbitte\tINTJ\t_\t_\t3\tdiscourse\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t_\t_\t3\tpunct\t_\tSpaceAfter=No

"""


def make() -> None:
    """Write the files."""
    nlp = spacy.blank("en")
    doc = nlp(TEXT)
    doc.ents = [doc.char_span(0, 12, "person"), doc.char_span(34, 40, "place")]
    doc.cats = {"good": 1.0, "bad": 0.0}
    DocBin(docs=[doc, nlp("Nothing here.")]).to_disk(MADE / "file.spacy")
    marked = np.zeros((48, 64), np.uint8, order="F")
    marked[5:20, 10:30] = 1
    marked[30, :] = 1
    rle = masks.encode(marked)
    rle["counts"] = rle["counts"].decode()
    annotation = {"id": 1, "image_id": 1, "category_id": 7, "iscrowd": 0}
    found = {
        "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 48}],
        "categories": [{"id": 7, "name": "dent"}],
        "annotations": [
            annotation | {"segmentation": rle, "area": float(masks.area(rle)), "bbox": masks.toBbox(rle).tolist()},
            annotation | {"id": 2, "bbox": [1.5, 2, 10, 20.25], "area": 202.5},
            annotation | {"id": 3, "segmentation": [[1, 2, 30, 2.5, 20, 40]], "bbox": [1, 2, 29, 38], "area": 540.5},
        ],
    }
    (MADE / "coco.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    drawn = np.zeros((7, 13), np.uint8)
    drawn[1:4, 2:9] = drawn[6, :] = 255
    packed = {"size": [7, 13], "rle": [int(each) for each in brush.mask2rle(drawn)]}
    (MADE / "brush.json").write_text(json.dumps(packed) + "\n", encoding="utf-8")
    (MADE / "file.conllu").write_text("".join(each.serialize() for each in conllu.parse(UNIVERSAL)), encoding="utf-8")


def look(folder: Path) -> None:
    """Print what the libraries see in Headwater's files."""
    docs = DocBin().from_disk(folder / "file.spacy").get_docs(spacy.blank("en").vocab)
    seen = [(doc.text, [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents], doc.cats) for doc in docs]
    coco = COCO(folder / "coco.json")
    areas = [int(coco.annToMask(each).sum()) for each in coco.dataset["annotations"]]
    rows = conllu.parse((folder / "file.conllu").read_text(encoding="utf-8"))
    tags = [[(word["form"], (word["misc"] or {}).get("NER")) for word in row] for row in rows]
    sys.stdout.write(json.dumps({"spacy": seen, "coco": areas, "conllu": tags}, ensure_ascii=False) + "\n")


if len(sys.argv) > 1:
    look(Path(sys.argv[1]))
else:
    make()
