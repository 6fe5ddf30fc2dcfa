"""Cards of a release: one set of facts, many renderers. An unknown fact is said to be unknown."""

from __future__ import annotations

from typing import Any

from headwater.quality.yardsticks import METRICS

Facts = dict[str, Any]
_UNKNOWN = "not stated"


def readme(facts: Facts) -> str:
    """Return the dataset card in the layout the Hugging Face hub reads."""
    licences = sorted({source["licence"] for source in facts["sources"]})
    lines = [
        "---",
        f"pretty_name: {facts['dataset']}",
        f"license: {licences[0].lower() if len(licences) == 1 else 'other'}",
        f"size_categories: [{_size(_total(facts))}]",
        "---",
        "",
        f"# {facts['dataset']} {facts['version']}",
        "",
        f"{facts['program_name']}. {facts['purpose']}".strip(),
        "",
        f"Members: {_total(facts):,}. Selection: {facts['selection']['text']}.",
        *(
            ["", "**Solo program:** the same person may have prepared and approved this release."]
            if facts["solo"]
            else []
        ),
        "",
        "## Splits",
        "",
        *_table(("split", "members"), sorted(facts["counts"]["splits"].items())),
        "",
        "## Labels",
        "",
        *_table(("label", "members"), sorted(facts["counts"]["labels"].items(), key=lambda item: (-item[1], item[0]))),
        "",
        "## Gates",
        "",
        *_table(("gate", "required", "measured", "result"), [_gate(gate) for gate in facts["gates"]]),
        "",
        "## Sources",
        "",
        *_table(
            ("source", "kind", "licence", "consent"),
            [(source["name"], source["kind"], source["licence"], source["consent"]) for source in facts["sources"]],
        ),
        "",
        "## Verify",
        "",
        (
            "`headwater release verify .` checks every byte; `sha256sum -c SHA256SUMS` does the same for all but the "
            "attestation, with plain tools."
        ),
        "",
    ]
    return "\n".join(lines)


def datasheet(facts: Facts) -> str:
    """Return a datasheet after Gebru et al. 2021, answered from what the platform knows."""
    sources = facts["sources"]
    answers = (
        ("For what purpose was the dataset created?", facts["purpose"]),
        ("Who created it?", f"The program {facts['program_name']}, built by {facts['builder']}."),
        ("What do the instances represent?", "; ".join(source["description"] for source in sources)),
        ("How many instances are there?", f"{_total(facts):,}"),
        ("Is it a sample of a larger set?", facts["selection"]["text"]),
        ("Are there recommended splits?", ", ".join(f"{k}: {v}" for k, v in sorted(facts["counts"]["splits"].items()))),
        ("How was the data acquired?", "; ".join(f"{source['name']}: {source['method']}" for source in sources)),
        (
            "Who labelled it, and how?",
            (
                f"{facts['counts']['answers']} answers of {len(facts['counts']['cohorts'])} cohorts under guideline "
                f"{', '.join(facts['guidelines'])}; resolved by {', '.join(sorted(facts['counts']['methods']))}."
            ),
        ),
        ("On what basis may people's data be used?", "; ".join(source["consent"] for source in sources)),
        ("Under which licences is it distributed?", "; ".join(sorted({source["licence"] for source in sources}))),
        ("How long may it be kept?", "; ".join(source["retention"] for source in sources)),
        ("Who maintains it?", "; ".join(sorted({source["owner"] for source in sources}))),
    )
    parts = [f"# Datasheet of {facts['dataset']} {facts['version']}"]
    parts += [f"## {question}\n\n{answer.strip('; ') or _UNKNOWN}" for question, answer in answers]
    return "\n\n".join(parts) + "\n"


def croissant(facts: Facts) -> dict[str, Any]:
    """Return Croissant 1.1 metadata with the RAI fields that are known."""
    sources = facts["sources"]
    gates = {gate["metric"]: gate["measured"] for gate in facts["gates"]}
    agreement = next((gates[name] for name in METRICS if name in gates), None)
    return {
        "@context": {
            "@language": "en",
            "@vocab": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/",
            "rai": "http://mlcommons.org/croissant/RAI/",
            "dct": "http://purl.org/dc/terms/",
            "sc": "https://schema.org/",
            "conformsTo": "dct:conformsTo",
            "fileObject": "cr:fileObject",
        },
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": facts["dataset"],
        "version": facts["version"],
        "description": facts["purpose"] or _UNKNOWN,
        "license": sorted({source["licence"] for source in sources}),
        "url": f"urn:headwater:{facts['program']}:{facts['dataset']}:{facts['version']}",
        "creator": {"@type": "sc:Organization", "name": facts["program_name"]},
        "datePublished": facts["created"],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "encodingFormat": "application/vnd.apache.parquet",
            }
            for name in ("members.parquet", "labels.parquet")
        ],
        "rai:dataCollection": "; ".join(source["method"] for source in sources),
        "rai:dataCollectionType": sorted({source["kind"] for source in sources}),
        "rai:dataAnnotationProtocol": facts["guidelines"],
        "rai:dataAnnotationPlatform": facts["builder"],
        "rai:dataAnnotationAnalysis": "not measured"
        if agreement is None
        else f"{agreement['method'].partition(',')[0]} {agreement['value']}",
        "rai:annotationsPerItem": str(round(facts["counts"]["answers"] / max(_total(facts), 1), 2)),
        "rai:machineAnnotationTools": sorted(facts["counts"]["methods"]),
        "rai:dataUseCases": sorted({source["intended_use"] for source in sources}),
        "rai:personalSensitiveInformation": sorted({source["consent"] for source in sources}),
    }


def provenance_standards(facts: Facts) -> dict[str, Any]:
    """Return the sources' intake forms in the shape of the Data Provenance Standards 1.0."""
    return {
        "version": "1.0.0",
        "sources": [
            {
                "source": {
                    "title": source["title"],
                    "id": source["id"],
                    "issuer": source["issuer"],
                    "description": source["description"],
                },
                "provenance": {
                    "originGeography": source["geography"],
                    "date": source["collected"],
                    "generationMethod": source["method"],
                    "origin": source["origin"],
                },
                "use": {
                    "intendedPurpose": source["intended_use"],
                    "license": source["licence"],
                    "consent": source["consent"],
                    "retention": source["retention"],
                },
            }
            for source in facts["sources"]
        ],
    }


def prov(facts: Facts) -> dict[str, Any]:
    """Return W3C PROV-JSON: the release, what it was derived from and by what."""
    name = f"hw:{facts['dataset']}@{facts['version']}"
    upstream = [source["id"] for source in facts["sources"]] + facts["intakes"] + sorted(facts["counts"]["batches"])
    entities: dict[str, Any] = {f"hw:{identifier}": {} for identifier in upstream}
    derived = {f"_:d{i}": {"prov:generatedEntity": name, "prov:usedEntity": f"hw:{e}"} for i, e in enumerate(upstream)}
    return {
        "prefix": {"hw": "urn:headwater:", "prov": "http://www.w3.org/ns/prov#"},
        "entity": {name: {"prov:type": "dataset release"}, **entities},
        "activity": {"hw:release.build": {"prov:endTime": facts["created"]}},
        "agent": {f"hw:{cohort}": {"prov:type": "cohort"} for cohort in sorted(facts["counts"]["cohorts"])},
        "wasGeneratedBy": {"_:g": {"prov:entity": name, "prov:activity": "hw:release.build"}},
        "wasDerivedFrom": derived,
    }


def spdx(facts: Facts) -> dict[str, Any]:
    """Return an SPDX 3 document with the dataset profile's element."""
    element = f"urn:headwater:{facts['program']}:{facts['dataset']}:{facts['version']}"
    licences = sorted({source["licence"] for source in facts["sources"]})
    return {
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {
                "type": "dataset_DatasetPackage",
                "spdxId": element,
                "name": facts["dataset"],
                "software_packageVersion": facts["version"],
                "dataset_datasetType": ["text"],
                "dataset_dataCollectionProcess": "; ".join(source["method"] for source in facts["sources"]),
                "dataset_intendedUse": "; ".join(sorted({source["intended_use"] for source in facts["sources"]})),
                "dataset_datasetSize": _total(facts),
                "builtTime": facts["created"],
            },
            *(
                {"type": "simplelicensing_LicenseExpression", "simplelicensing_licenseExpression": licence}
                for licence in licences
            ),
        ],
    }


def _total(facts: Facts) -> int:
    return sum(facts["counts"]["splits"].values())


def _size(n: int) -> str:
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if n < limit:
            return name
    return "1M<n<10M"


def _gate(gate: dict[str, Any]) -> tuple[str, str, str, str]:
    measured = gate["measured"]
    value = "not measured" if measured["value"] is None else f"{measured['value']:.3f}"
    if measured["low"] is not None and measured["low"] != measured["high"]:
        value += f" [{measured['low']:.3f}, {measured['high']:.3f}]"
    name = f"{gate['metric']} ({gate['scope']})" if gate["scope"] else gate["metric"]
    result = "passed" if gate["passed"] else "waived" if gate["waiver"] else "open"
    return name, f"{gate['comparison']} {gate['required']:g}", f"{value}, n = {measured['n']}", result


def _table(heading: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[str]:
    return [
        f"| {' | '.join(heading)} |",
        f"|{'---|' * len(heading)}",
        *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows),
    ]
