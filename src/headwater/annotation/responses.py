"""Whether a response answers the questions of its schema: pure rules, every problem named.

Shapes by kind: single, refusal `"value"`; multiple `["value", …]`; rating, numeric a number; text `"…"`; ranking
`{"order": [["b"], ["a", "c"]], "reasons": [...], "comment": "…"}` best first, things that share a place together;
spans `{"spans": [{"id", "start", "end", "label", "turn"?}], "relations": [{"from", "to", "label"}]}` in code
points, end exclusive; boxes `[{"x", "y", "width", "height", "label"}]`, polygons `[{"points": [[x, y], …],
"label"}]`, keypoints `[{"x", "y", "label", "object"?, "hidden"?}]`, all in image pixels; mask `[{"label", "rle":
{"size": [height, width], "counts": …}}]`.
A per-turn question takes `{"turn number from 0": answer}`. Any question takes `{"cannot_decide": "reason"}`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from headwater.annotation import masks
from headwater.annotation.phrases import between, shown, some, within
from headwater.annotation.questions import IMAGE_MARKS, MARKS, UNDECIDED, Kind, Question
from headwater.annotation.storable import is_storable
from headwater.core.errors import InvalidError

TEXT_LIMIT = 200_000
"""Longest free text, in characters."""
MARK_LIMIT = 10_000
"""Most spans, boxes, points or outlines in one answer."""
_CORNERS = 3
_HUGE = 1e300
_SLACK = 1e-6
"""Pixels by which a mark may stand over the edge: what percentages of a picture lose when they are reckoned back."""


class ResponseError(InvalidError):
    """The response does not answer the questions."""

    code = "bad_response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What must be known of a record to judge a response to it."""

    turns: tuple[str, ...] = ()
    """Roles of the turns of a chat, in order."""
    lengths: tuple[int, ...] = ()
    """Code points of each text that can carry spans: the turns of a chat, else the one text."""
    responses: int = 0
    """How many responses can be ranked."""
    width: int = 0
    """Image width in pixels; 0 when there is no image."""
    height: int = 0
    has_image: bool = True
    """Whether there is one; what is marked on an image is not asked without."""

    def as_data(self) -> dict[str, object]:
        """Return the facts as plain data."""
        return {
            "turns": list(self.turns),
            "lengths": list(self.lengths),
            "responses": self.responses,
            "size": [self.width, self.height],
            "image": self.has_image,
        }

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Facts:
        """Return the facts that `as_data` wrote."""
        width, height = data["size"]  # type: ignore[misc]
        return cls(
            turns=tuple(data["turns"]),  # type: ignore[arg-type]
            lengths=tuple(data["lengths"]),  # type: ignore[arg-type]
            responses=data["responses"],  # type: ignore[arg-type]
            has_image=bool(data.get("image", True)),  # leases of earlier versions do not say
            width=width,  # type: ignore[has-type]
            height=height,  # type: ignore[has-type]
        )


def check(questions: Sequence[Question], values: object, facts: Facts) -> dict[str, object]:
    """Return the response with only what was asked.

    Answers to questions whose condition does not hold are left out: they were given before the answer they depend
    on was changed. So are questions about turns, responses or an image that the record does not have. A question for
    marks that need not be there, and are not, is answered: nothing is marked.

    Raises:
        ResponseError: `values` is not a mapping, names a question that does not exist, lacks a required answer, or
            holds an answer of the wrong shape or outside its bounds. All problems are in the fact `problems`.
    """
    if not isinstance(values, Mapping):
        raise ResponseError("A response is a mapping from the names of questions to answers.")
    asked = {question.name: question for question in questions}
    problems = [
        {"question": str(name), "problem": f"there is no question '{name}'; there are {', '.join(asked)}"}
        for name in values
        if name not in asked
    ]
    kept: dict[str, object] = {}
    for question in questions:
        if question.when and not question.when.holds(kept.get(question.when.question)):
            continue
        if not _applies(question, facts):
            continue
        answer = values.get(question.name)
        if _missing(answer):
            if question.kind in MARKS and not question.required and not question.per_turn:
                kept[question.name] = {"spans": []} if question.kind is Kind.SPANS else []
            if question.required:
                problems.append({"question": question.name, "problem": "it is required and has no answer"})
            continue
        found = _problems(question, answer, facts)
        problems += [{"question": question.name, "problem": problem} for problem in found]
        kept[question.name] = answer
    if problems:
        named = "; ".join(f"'{each['question']}': {each['problem']}" for each in problems)
        raise ResponseError(
            f"The response cannot be accepted: {named}.",
            remedy="Correct these answers and send it again.",
            problems=problems,
        )
    return kept


def undecided(answer: object) -> str:
    """Return the reason of an answer that says it cannot be decided; empty for any other answer."""
    return str(answer[UNDECIDED]) if isinstance(answer, Mapping) and UNDECIDED in answer else ""


def _missing(answer: object) -> bool:
    return answer is None or answer in ("", [], {})


def _applies(question: Question, facts: Facts) -> bool:
    """Whether the record has what the question is about."""
    if question.kind is Kind.RANKING and not question.values:
        return facts.responses > 0
    if question.kind in IMAGE_MARKS and not facts.has_image:
        return False
    return not question.per_turn or bool(_turns(question, facts))


def _turns(question: Question, facts: Facts) -> set[str]:
    return {str(n) for n, role in enumerate(facts.turns) if question.per_turn in ("any", role)}


def _problems(question: Question, answer: object, facts: Facts) -> list[str]:
    if not is_storable(answer):
        return ["it holds half a surrogate pair or the character U+0000, which cannot be kept"]
    if isinstance(answer, Mapping) and UNDECIDED in answer:
        reason = answer[UNDECIDED]
        fine = isinstance(reason, str) and reason.strip() and len(answer) == 1
        return [] if fine else ["an answer that cannot be decided needs a reason, and nothing else"]
    rule = _RULES[question.kind]
    if not question.per_turn:
        return rule(question, answer, facts)
    if not isinstance(answer, Mapping):
        return ["it is asked for every turn: expected a mapping from turn numbers to answers"]
    wanted = _turns(question, facts)
    found = [f"turn {turn} is not one it is asked for" for turn in answer if turn not in wanted]
    if question.required:
        found += [f"turn {turn} has no answer" for turn in sorted(wanted, key=int) if _missing(answer.get(turn))]
    for turn, each in answer.items():
        if turn in wanted and not _missing(each) and not undecided(each):
            found += [f"turn {turn}: {problem}" for problem in rule(question, each, facts)]
    return found


def _single(question: Question, answer: object, facts: Facts) -> list[str]:
    del facts
    if not isinstance(answer, str):
        return [f"expected one of its options, not {shown(answer)}"]
    return _choice(question, answer)


def _choice(question: Question, value: object) -> list[str]:
    if value not in question.values:
        return [f"{shown(value)} is not one of {some(question.values)}"]
    if question.leaves_only and any(option.parent == value for option in question.options):
        return [f"{shown(value)} has finer options; choose one of them"]
    return []


def _multiple(question: Question, answer: object, facts: Facts) -> list[str]:
    del facts
    if not isinstance(answer, list | tuple):
        return [f"expected a list of its options, not {shown(answer)}"]
    found = [problem for value in answer for problem in _choice(question, value)]
    if len({str(value) for value in answer}) < len(answer):
        found.append("an option is chosen twice")
    low, high = question.bounds
    if not low <= len(answer) <= high:
        found.append(f"{len(answer)} chosen, expected {within(low, high)}")
    return found


def _rating(question: Question, answer: object, facts: Facts) -> list[str]:
    del facts
    low, high = question.bounds
    if isinstance(answer, bool) or not isinstance(answer, int) or not low <= answer <= high:
        return [f"expected a whole number from {low:g} to {high:g}, not {shown(answer)}"]
    return []


def _numeric(question: Question, answer: object, facts: Facts) -> list[str]:
    del facts
    low, high = question.bounds
    number = _number(answer)
    if number is None or not low <= number <= high:
        return [f"expected a number{between(low, high)}, not {shown(answer)}"]
    return []


def _text(question: Question, answer: object, facts: Facts) -> list[str]:
    del facts
    if not isinstance(answer, str):
        return [f"expected text, not {shown(answer)}"]
    low, high = question.bounds
    high = min(high, TEXT_LIMIT)
    return [] if low <= len(answer) <= high else [f"{len(answer)} characters, expected {within(low, high)}"]


def _ranking(question: Question, answer: object, facts: Facts) -> list[str]:
    order = answer.get("order") if isinstance(answer, Mapping) else None
    if (
        not isinstance(answer, Mapping)
        or not isinstance(order, list)
        or not all(isinstance(place, list) for place in order)
    ):
        return ['expected {"order": [["best"], ["next", "tied with next"], …]}']
    things = question.values or tuple(str(n) for n in range(facts.responses))
    placed = [thing for place in order for thing in place]
    if sorted(map(str, placed)) != sorted(things):
        return [f"must place each of {some(things)} once; it places {some(tuple(map(str, placed)))}"]
    found = [] if question.ties or all(len(place) == 1 for place in order) else ["ties are not allowed"]
    reasons = answer.get("reasons", [])
    allowed = [reason.value for reason in question.reasons]
    if not isinstance(reasons, list) or any(reason not in allowed for reason in reasons):
        found.append(f"reasons must be among {some(tuple(sorted(allowed)))}")
    if not isinstance(answer.get("comment", ""), str) or set(answer) - {"order", "reasons", "comment"}:
        found.append("may hold only 'order', 'reasons' and a text 'comment'")
    return found


def _spans(question: Question, answer: object, facts: Facts) -> list[str]:
    if not isinstance(answer, Mapping) or set(answer) - {"spans", "relations"}:
        return ['expected {"spans": […], "relations": […]}']
    found = _marks(question, answer.get("spans", []), _span_problem, facts)
    relations = answer.get("relations", [])
    if found or not isinstance(relations, list):
        return found or [f"expected a list of relations, not {shown(relations)}"]
    spans: list[dict[str, object]] = list(answer.get("spans", []))
    ids = [span.get("id", str(number)) for number, span in enumerate(spans)]
    if len(set(ids)) < len(ids):
        found.append("two spans have the same id")
    if not question.overlapping:
        ordered = sorted((int(s.get("turn", 0)), int(s["start"]), int(s["end"])) for s in spans)  # type: ignore[call-overload]
        if any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(ordered)):
            found.append("spans overlap, which this question does not allow")
    allowed = [option.value for option in question.relations]
    for number, relation in enumerate(relations, 1):
        if not isinstance(relation, Mapping) or relation.get("from") not in ids or relation.get("to") not in ids:
            found.append(f"relation {number} must run from one span's id to another's")
        elif relation.get("label") not in allowed:
            found.append(
                f"relation {number}: {shown(relation.get('label'))} is not one of {some(tuple(sorted(allowed)))}"
            )
    return found


def _span_problem(mark: Mapping[str, object], facts: Facts) -> str:
    start, end, turn = (_whole(each) for each in (mark.get("start"), mark.get("end"), mark.get("turn", 0)))
    if start is None or end is None or turn is None:
        return "needs whole numbers 'start' and 'end'"
    if not isinstance(mark.get("id", ""), str | int):
        return f"has {shown(mark['id'])} for an 'id', expected a text"
    if not 0 <= turn < len(facts.lengths):
        return f"turn {turn} does not exist"
    length = facts.lengths[turn]
    return "" if 0 <= start < end <= length else f"{start}-{end} is not a stretch of a text of {length} characters"


def _box_problem(mark: Mapping[str, object], facts: Facts) -> str:
    x, y, width, height = (_number(mark.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None or width <= 0 or height <= 0:
        return "needs numbers 'x', 'y' and positive 'width', 'height'"
    inside = _inside(x, y, facts) and _inside(x + width, y + height, facts)
    return "" if inside else f"reaches outside the image of {facts.width} × {facts.height} pixels"


def _polygon_problem(mark: Mapping[str, object], facts: Facts) -> str:
    points = mark.get("points")
    if not isinstance(points, list) or len(points) < _CORNERS or not all(_is_point(point) for point in points):
        return "needs 'points', at least three pairs of numbers"
    inside = all(_inside(x, y, facts) for x, y in points)
    return "" if inside else f"reaches outside the image of {facts.width} × {facts.height} pixels"


def _keypoints(question: Question, answer: object, facts: Facts) -> list[str]:
    found = _marks(question, answer, _keypoint_problem, facts)
    if question.skeleton and not found and isinstance(answer, list):
        placed = Counter((mark.get("object", 1), mark["label"]) for mark in answer)
        found += [f"object {which} has {shown(label)} {n} times" for (which, label), n in placed.items() if n > 1]
    return found


def _keypoint_problem(mark: Mapping[str, object], facts: Facts) -> str:
    x, y = _number(mark.get("x")), _number(mark.get("y"))
    if x is None or y is None:
        return "needs numbers 'x' and 'y'"
    if (_whole(mark.get("object", 1)) or 0) < 1:
        return "belongs to an 'object' that is no number from 1"
    if not isinstance(mark.get("hidden", False), bool):
        return "says 'hidden' with something else than true or false"
    return "" if _inside(x, y, facts) else f"lies outside the image of {facts.width} × {facts.height} pixels"


def _mask_problem(mark: Mapping[str, object], facts: Facts) -> str:
    rle = mark.get("rle")
    size = rle.get("size") if isinstance(rle, Mapping) else None
    if not isinstance(rle, Mapping) or not isinstance(rle.get("counts"), list | str) or not isinstance(size, list):
        return "needs 'rle' with 'size' and 'counts'"
    if facts.width and size != [facts.height, facts.width]:
        return f"has the size {size}, but the image is [{facts.height}, {facts.width}]"
    try:
        masks.counts_of(dict(rle))
    except (ValueError, TypeError, OverflowError):
        return "has run lengths that do not add up to its size"
    return ""


def _marks(
    question: Question, marks: object, problem_of: Callable[[Mapping[str, object], Facts], str], facts: Facts
) -> list[str]:
    if not isinstance(marks, list) or len(marks) > MARK_LIMIT:
        return [f"expected a list of at most {MARK_LIMIT} marks"]
    found = []
    for number, mark in enumerate(marks, 1):
        if not isinstance(mark, Mapping):
            found.append(f"mark {number} is not a mapping")
        elif mark.get("label") not in question.values:
            found.append(f"mark {number}: {shown(mark.get('label'))} is not one of {some(question.values)}")
        elif problem := problem_of(mark, facts):
            found.append(f"mark {number} {problem}")
    low, high = question.bounds
    if not low <= len(marks) <= high:
        found.append(f"{len(marks)} marks, expected {within(low, high)}")
    return found


_RULES: dict[Kind, Callable[[Question, object, Facts], list[str]]] = {
    Kind.SINGLE: _single,
    Kind.REFUSAL: _single,
    Kind.MULTIPLE: _multiple,
    Kind.RATING: _rating,
    Kind.NUMERIC: _numeric,
    Kind.TEXT: _text,
    Kind.RANKING: _ranking,
    Kind.SPANS: _spans,
    Kind.BOXES: lambda question, answer, facts: _marks(question, answer, _box_problem, facts),
    Kind.POLYGONS: lambda question, answer, facts: _marks(question, answer, _polygon_problem, facts),
    Kind.KEYPOINTS: _keypoints,
    Kind.MASK: lambda question, answer, facts: _marks(question, answer, _mask_problem, facts),
}


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == len("xy") and all(_number(each) is not None for each in value)


def _inside(x: float, y: float, facts: Facts) -> bool:
    return not facts.width or (-_SLACK <= x <= facts.width + _SLACK and -_SLACK <= y <= facts.height + _SLACK)
