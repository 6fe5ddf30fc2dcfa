"""The records that both sides hold; only the standard library, because it runs in every peer's environment."""

import json
import random
from collections.abc import Iterator

LANGUAGES = ("en", "es", "de", "fr", "und")
DOMAINS = tuple(f"domain-{number}" for number in range(40))
CASES = {
    "newest page": ("", ""),
    "slice of a fortieth": ("domain = 'domain-3'", ""),
    "slice of one in a thousand": ("domain = 'domain-3' and language = 'es' and words < 12", ""),
    "slice of one record": ("ticket = 'T77'", ""),
    "slice of none": ("domain = 'domain-3' and not language in ('en', 'es', 'de', 'fr', 'und')", ""),
    "words in few": ("", "word77 word78"),
    "words in none": ("", "no record holds these words"),
}


def rows(count: int) -> Iterator[tuple[str, str, str]]:
    """Yield the text, the attributes as JSON and the language of each record."""
    chance = random.Random(1)
    vocabulary = [f"word{number}" for number in range(5_000)]
    for place in range(count):
        language = LANGUAGES[chance.randrange(5)]
        number = chance.randrange(1, 60)
        attributes = {
            "domain": DOMAINS[chance.randrange(40)],
            "language": language,
            "length": "11-20",
            "ticket": f"T{place}",
            "words": number,
        }
        text = " ".join(chance.choices(vocabulary, k=12))
        yield text, json.dumps(attributes, separators=(",", ":")), language
