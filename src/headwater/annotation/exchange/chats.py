"""Formats of language model training: OpenAI and TRL, supervised, preference, yes-or-no and stepwise."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange.files import bad, encoded, objects, written
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first
from headwater.annotation.questions import Kind
from headwater.annotation.responses import undecided
from headwater.sourcing.items import INSTRUCTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_LINE = "a line for each of them, without saying that they are about one task"
_PAIRS = "every pair of things that do not share a place, without reasons, comments and ties"
_ORDER = "the preferred response comes first, whichever was shown first"


def _messages(item: Item) -> list[dict[str, str]]:
    turns = item.content.get("turns") or [{"role": "user", "text": str(item.content.get("text", ""))}]
    return [{"role": str(each["role"]), "content": str(each["text"])} for each in turns]


def _content(path: Path, where: str, messages: object) -> dict[str, Any]:
    if isinstance(messages, str):
        return {"kind": "text", "text": messages}
    if not isinstance(messages, list) or not all(isinstance(each, dict) and "role" in each for each in messages):
        raise bad(path, where, "expected text, or a list of messages with 'role' and 'content'")
    turns = [{"role": str(each["role"]), "text": _text(each.get("content"))} for each in messages]
    if len(turns) == 1 and turns[0]["role"] == "user":
        return {"kind": "text", "text": turns[0]["text"]}
    asked = next((each for each in turns if each["role"] not in INSTRUCTING), turns[0] if turns else {"text": ""})
    return {"kind": "chat", "text": asked["text"], "turns": turns}


def _text(value: object) -> str:
    """The text of a message, whose content may be a list of parts."""
    if isinstance(value, list):
        return "".join(str(part.get("text", "")) for part in value if isinstance(part, dict))
    return "" if value is None else str(value)


def _decided(item: Item, question: Question | None) -> Iterator[tuple[Reply, Any]]:
    """Yield the replies that answer a question, with the answer."""
    if question is not None:
        for reply in item.answers:
            value = reply.values.get(question.name)
            if value is not None and not undecided(value):
                yield reply, value


def _spoken(item: Item, answer: str) -> list[dict[str, str]]:
    return [*_messages(item), {"role": "assistant", "content": answer}]


def _given(question: Question | None, value: object) -> tuple[Reply, ...]:
    return (Reply(values={question.name: value}),) if question is not None else ()


def write_messages(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield `{messages}`: what was written as the last turn, or the chat as it is when no text was asked for."""
    asked = first(questions, Kind.TEXT)
    return written(
        encoded({"messages": each})
        for item in items
        for each in ([_spoken(item, text) for _, text in _decided(item, asked)] if asked else [_messages(item)])
    )


def read_messages(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield chats, the last turn of the assistant as the answer when text is asked for."""
    asked = first(questions, Kind.TEXT)
    for where, row in objects(path):
        messages = row.get("messages")
        if not isinstance(messages, list) or not messages:
            raise bad(path, where, "expected a list 'messages'")
        answers: tuple[Reply, ...] = ()
        if asked and len(messages) > 1 and isinstance(messages[-1], dict) and messages[-1].get("role") == "assistant":
            answers = _given(asked, _text(messages[-1].get("content")))
            messages = messages[:-1]
        yield Item(id=where, content=_content(path, where, messages), answers=answers)


def write_completions(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield `{prompt, completion}` in the conversational form."""
    asked = first(questions, Kind.TEXT)
    return written(
        encoded({"prompt": _messages(item), "completion": [{"role": "assistant", "content": text}]})
        for item in items
        for _, text in _decided(item, asked)
    )


def read_completions(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield prompts with completions, plain or conversational."""
    asked = first(questions, Kind.TEXT)
    for where, row in objects(path):
        answer = _completion(path, where, row.get("completion"))
        yield Item(id=where, content=_content(path, where, row.get("prompt")), answers=_given(asked, answer))


def _completion(path: Path, where: str, value: object) -> str:
    content = _content(path, where, value)
    turns = content.get("turns") or [content]
    return str(turns[-1]["text"])


def _pairs(item: Item, asked: Question | None) -> Iterator[tuple[str, str]]:
    """Yield the preferred and the other response of every pair that was told apart."""
    for _, value in _decided(item, asked):
        responses = item.content.get("responses") or []
        for better, worse in combinations(value["order"], 2):
            for left in better:
                for right in worse:
                    yield _response(responses, left), _response(responses, right)


def _response(responses: Sequence[str], name: str) -> str:
    return responses[int(name)] if name.isdecimal() and int(name) < len(responses) else name


def _preferred(path: Path, where: str, asked: Question | None, prompt: object, pair: Sequence[object]) -> Item:
    texts = [_completion(path, where, each) for each in pair]
    content = _content(path, where, prompt) | {"responses": texts}
    return Item(id=where, content=content, answers=_given(asked, {"order": [["0"], ["1"]]}))


def write_preference(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield `{prompt, chosen, rejected}` for every pair that was told apart."""
    asked = first(questions, Kind.RANKING)
    return written(
        encoded(
            {
                "prompt": _messages(item),
                "chosen": [{"role": "assistant", "content": better}],
                "rejected": [{"role": "assistant", "content": worse}],
            }
        )
        for item in items
        for better, worse in _pairs(item, asked)
    )


def read_preference(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield pairs of responses, the chosen one first."""
    asked = first(questions, Kind.RANKING)
    for where, row in objects(path):
        yield _preferred(path, where, asked, row.get("prompt"), (row.get("chosen"), row.get("rejected")))


def write_openai_preference(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield `{input: {messages}, preferred_output, non_preferred_output}` for every pair that was told apart."""
    asked = first(questions, Kind.RANKING)
    return written(
        encoded(
            {
                "input": {"messages": _messages(item)},
                "preferred_output": [{"role": "assistant", "content": better}],
                "non_preferred_output": [{"role": "assistant", "content": worse}],
            }
        )
        for item in items
        for better, worse in _pairs(item, asked)
    )


def read_openai_preference(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield pairs of responses, the preferred one first."""
    asked = first(questions, Kind.RANKING)
    for where, row in objects(path):
        given = row.get("input")
        prompt = given.get("messages") if isinstance(given, dict) else None
        yield _preferred(path, where, asked, prompt, (row.get("preferred_output"), row.get("non_preferred_output")))


def write_kto(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield `{prompt, completion, label}`: whether the first option was chosen for the last turn of a chat."""
    asked = first(questions, Kind.SINGLE, Kind.REFUSAL)
    return written(
        encoded(
            {
                "prompt": _messages(item)[:-1],
                "completion": _messages(item)[-1:],
                "label": asked is not None and value == asked.values[0],
            }
        )
        for item in items
        for _, value in _decided(item, asked)
    )


def read_kto(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield chats, judged by the first option for true and the last for false."""
    asked = first(questions, Kind.SINGLE, Kind.REFUSAL)
    for where, row in objects(path):
        label = row.get("label")
        if not isinstance(label, bool):
            raise bad(path, where, "expected 'label' to be true or false")
        content = _content(path, where, row.get("prompt"))
        turns = content.get("turns") or [{"role": "user", "text": content["text"]}]
        turns = [*turns, {"role": "assistant", "text": _completion(path, where, row.get("completion"))}]
        value = asked.values[0 if label else -1] if asked else ""
        chat = {"kind": "chat", "text": turns[0]["text"], "turns": turns}
        yield Item(id=where, content=chat, answers=_given(asked, value))


def write_stepwise(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield `{prompt, completions, labels}`: whether the first option was chosen for each step of the assistant."""
    asked = _stepped(questions)
    return written(encoded(_steps(item, asked, value)) for item in items if asked for _, value in _decided(item, asked))


def read_stepwise(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield chats whose turns of the assistant are steps."""
    asked = _stepped(questions)
    for where, row in objects(path):
        steps, labels = row.get("completions"), row.get("labels")
        if not isinstance(steps, list) or not isinstance(labels, list) or len(steps) != len(labels):
            raise bad(path, where, "expected 'completions' and as many 'labels'")
        turns = [{"role": "user", "text": str(row.get("prompt", ""))}]
        turns += [{"role": "assistant", "text": str(step)} for step in steps]
        judged = {str(n): asked.values[0 if label else -1] for n, label in enumerate(labels, 1)} if asked else {}
        content = {"kind": "chat", "text": turns[0]["text"], "turns": turns}
        yield Item(id=where, content=content, answers=_given(asked, judged))


def _stepped(questions: Sequence[Question]) -> Question | None:
    wanted = (Kind.SINGLE, Kind.REFUSAL)
    return next((each for each in questions if each.kind in wanted and each.per_turn in ("any", "assistant")), None)


def _steps(item: Item, asked: Question, value: dict[str, str]) -> dict[str, Any]:
    turns = list(enumerate(item.content.get("turns") or []))
    steps = [(place, turn["text"]) for place, turn in turns if turn["role"] == "assistant" and str(place) in value]
    prompt = "\n".join(turn["text"] for place, turn in turns if not steps or place < steps[0][0])
    return {
        "prompt": prompt,
        "completions": [text for _, text in steps],
        "labels": [value[str(place)] == asked.values[0] for place, _ in steps],
    }


_TEXT = {Feature.TEXT: "", Feature.SEVERAL_ANNOTATORS: _LINE, Feature.CHAT: ""}
_PREFERENCE = {
    Feature.RANKING: "",
    Feature.RANKING_MANY: _PAIRS,
    Feature.SEVERAL_ANNOTATORS: _LINE,
    Feature.CHAT: "",
}
_TWO = "only whether it is the first option"
_KTO = {Feature.SINGLE: _TWO, Feature.REFUSAL: _TWO, Feature.SEVERAL_ANNOTATORS: _LINE, Feature.CHAT: ""}
_STEPWISE = {Feature.PER_TURN: f"{_TWO}, and of the assistant's turns", Feature.CHAT: ""}
_JSONL = {"suffix": "jsonl", "media_type": "application/jsonl"}
_ONE = ("Only the first question of the kind it carries; tools and parts that are not text are not read.",)
OPENAI = Codec(
    name="openai",
    title="OpenAI and TRL messages",
    write=write_messages,
    read=read_messages,
    carries=_TEXT,
    losses=_ONE,
    **_JSONL,
)
OPENAI_PREFERENCE = Codec(
    name="openai-preference",
    title="OpenAI preference",
    write=write_openai_preference,
    read=read_openai_preference,
    carries=_PREFERENCE,
    losses=(*_ONE, f"{_ORDER.capitalize()}."),
    **_JSONL,
)
COMPLETION = Codec(
    name="trl-completion",
    title="TRL prompt and completion",
    write=write_completions,
    read=read_completions,
    carries=_TEXT,
    losses=_ONE,
    **_JSONL,
)
PREFERENCE = Codec(
    name="trl-preference",
    title="TRL preference",
    write=write_preference,
    read=read_preference,
    carries=_PREFERENCE,
    losses=(*_ONE, f"{_ORDER.capitalize()}."),
    **_JSONL,
)
KTO = Codec(
    name="trl-kto",
    title="TRL unpaired preference (KTO)",
    write=write_kto,
    read=read_kto,
    carries=_KTO,
    losses=_ONE,
    **_JSONL,
)
STEPWISE = Codec(
    name="trl-stepwise",
    title="TRL stepwise supervision",
    write=write_stepwise,
    read=read_stepwise,
    carries=_STEPWISE,
    losses=(*_ONE, "A chat is one prompt and then steps of the assistant."),
    **_JSONL,
)
