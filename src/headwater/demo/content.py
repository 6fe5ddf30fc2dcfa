"""What the demo program decides about: its charter, its topics and the guideline that explains them."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.governance.model import CriticalSlice, Standard

PURPOSE = "Route each message a user writes to the assistant to the team that owns its topic."
TARGETS = (
    "Nine of ten messages reach the right team at the first attempt.",
    "A user who writes about health or feelings is never sent to small talk.",
)
STANDARDS = (
    Standard(metric="agreement.alpha", comparison=">=", value=0.70, scope="topic"),
    Standard(metric="gold.accuracy", comparison=">=", value=0.85),
    Standard(metric="pii.residual", comparison="=", value=0.0),
)
CRITICAL_SLICES = (
    CriticalSlice(name="health", predicate="category = 'health'", minimum=5),
    CriticalSlice(name="emotion", predicate="category = 'emotion'", minimum=20),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One label of the schema and how the guideline explains it."""

    value: str
    name: str
    rule: str
    tie_break: str


TOPICS = (
    Topic(
        value="ai",
        name="Artificial intelligence",
        rule="About AI, robots or chat programs as such: what they are, can do, or might become.",
        tie_break="A question about this assistant's own tastes or origin is *botprofile*.",
    ),
    Topic(
        value="botprofile",
        name="About the assistant",
        rule="About this assistant as a character: name, age, interests, maker.",
        tie_break="If it would be asked of any AI, choose *ai*.",
    ),
    Topic(
        value="coding",
        name="Programming",
        rule="Asks for code, an algorithm, or help with a program's source.",
        tie_break="Using a finished program is *computers* or *tech_support*.",
    ),
    Topic(
        value="computers",
        name="Computers in general",
        rule="About hardware, networks or software as a subject, with nothing broken.",
        tie_break="Something that does not work is *tech_support*.",
    ),
    Topic(
        value="conversations",
        name="Small talk",
        rule="Keeps a chat going: how are you, what is up, thanks, goodbyes inside a talk.",
        tie_break="A bare opening word is *greetings*; feelings named outright are *emotion*.",
    ),
    Topic(
        value="emotion",
        name="Feelings",
        rule="About feelings, of the user or of the assistant, or an insult aimed at them.",
        tie_break="Mind and behaviour as a subject, or a probing question, is *psychology*.",
    ),
    Topic(
        value="food",
        name="Food and drink",
        rule="About eating, drinking, cooking.",
        tie_break="What the assistant likes to eat is still *food*.",
    ),
    Topic(
        value="gossip",
        name="Gossip",
        rule="Rumours and talk about other people.",
        tie_break="Facts about well-known people are *trivia* or *history*.",
    ),
    Topic(
        value="greetings",
        name="Greetings",
        rule="Only opens or closes a talk: hello, good day.",
        tie_break="With a question that expects an answer about one's day, *conversations*.",
    ),
    Topic(
        value="health",
        name="Health",
        rule="About illness, symptoms, care of the body.",
        tie_break="Choose *health* whenever a body may be unwell, whatever else is in the message.",
    ),
    Topic(
        value="history",
        name="History",
        rule="About events and people of the past, asked for understanding.",
        tie_break="A quiz question with one short answer is *trivia*.",
    ),
    Topic(
        value="humor",
        name="Jokes",
        rule="Asks for or tells a joke.",
        tie_break="A joke on any subject is *humor*.",
    ),
    Topic(
        value="literature",
        name="Books and writers",
        rule="About books, authors, stories and their ideas.",
        tie_break="A film of the book is *movies*.",
    ),
    Topic(
        value="money",
        name="Money",
        rule="About pay, prices, investing, the economy.",
        tie_break="Money in politics is *politics* only when a government is named.",
    ),
    Topic(
        value="movies",
        name="Films",
        rule="About films, their characters and makers.",
        tie_break="A book it is based on is *literature*.",
    ),
    Topic(
        value="politics",
        name="Politics",
        rule="About governments, parties, power and laws.",
        tie_break="Past governments asked as a quiz are *trivia*.",
    ),
    Topic(
        value="psychology",
        name="Psychology",
        rule="About mind and behaviour; probing, philosophical or personal questions to the assistant.",
        tie_break="A feeling that is named is *emotion*.",
    ),
    Topic(
        value="science",
        name="Science",
        rule="About nature and the sciences, asked for an explanation.",
        tie_break="One short fact asked as a quiz is *trivia*.",
    ),
    Topic(
        value="sports",
        name="Sports",
        rule="About sports, players and matches.",
        tie_break="A quiz question about sports is still *sports*.",
    ),
    Topic(
        value="tech_support",
        name="Technical support",
        rule="Something of the user's does not work and help is wanted.",
        tie_break="No fault, only curiosity: *computers*.",
    ),
    Topic(
        value="trivia",
        name="Trivia",
        rule="A quiz question with one short factual answer.",
        tie_break="When an explanation is wanted, choose its subject.",
    ),
)


def guideline() -> str:
    """Return the guideline as Markdown, one section per topic."""
    parts = [
        "# Topic of a message",
        (
            "Read the user's message first and the assistant's reply second; the message decides. "
            "Choose the one topic whose team should answer. When two fit, follow the tie-break of the first."
        ),
    ]
    parts += [
        f"## {topic.value}\n\n**{topic.name}.** {topic.rule}\n\n*Tie-break:* {topic.tie_break}" for topic in TOPICS
    ]
    return "\n\n".join(parts) + "\n"
