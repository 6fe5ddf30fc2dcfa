"""DuckDB: the same rows in a table of its own, the same pages by SQL."""

import tempfile
from functools import partial
from pathlib import Path

import duckdb
from clock import reply, request, timed
from items import CASES, rows

WHERE = {
    "": "true",
    "domain = 'domain-3'": "domain = 'domain-3'",
    "domain = 'domain-3' and language = 'es' and words < 12": "domain = 'domain-3' AND language = 'es' AND words < 12",
    "ticket = 'T77'": "ticket = 'T77'",
    "domain = 'domain-3' and not language in ('en', 'es', 'de', 'fr', 'und')": (
        "domain = 'domain-3' AND language NOT IN ('en', 'es', 'de', 'fr', 'und')"
    ),
}
FIELD = "json_extract_string(attributes, '$.{0}')"
FIELDS = {name: FIELD.format(name) for name in ("domain", "ticket")} | {
    "words": "CAST(json_extract_string(attributes, '$.words') AS DOUBLE)"
}
_STEP = 50_000

asked = request()
with tempfile.TemporaryDirectory() as folder:
    database = duckdb.connect(str(Path(folder) / "records.duckdb"))
    database.execute("CREATE TABLE record (seq BIGINT, text VARCHAR, attributes VARCHAR, language VARCHAR)")
    source = Path(folder) / "rows.csv"
    with source.open("w", encoding="utf-8") as file:
        for place, (text, attributes, language) in enumerate(rows(asked["records"])):
            escaped = attributes.replace('"', '""')
            file.write(f'{place},"{text}","{escaped}",{language}\n')
    database.execute(f"COPY record FROM '{source}' (FORMAT csv, HEADER false)")

    def page(where: str, words: str) -> list[object]:
        """Return the newest fifty records of a slice that hold some words."""
        condition = WHERE[where]
        for name, written in FIELDS.items():
            condition = condition.replace(f"{name} ", f"{written} ")
        held = f" AND contains(lower(text), '{words}')" if words else ""
        found = database.execute(f"SELECT * FROM record WHERE {condition}{held} ORDER BY seq DESC LIMIT 50")
        return list(found.fetchall())

    times = {name: timed(partial(page, *case), asked["runs"]) for name, case in CASES.items()}
reply(queries={name: each["wall"] * 1e3 for name, each in times.items()})
