"""The training side of a release laid out for diagnosis: texts, labels, cohorts, neighbours, doubts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.release import queries as releases
from headwater.sourcing import queries as sourcing
from headwater.text import logistic
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sklearn
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from headwater.context import Context

NEIGHBOURS = 10
FOLDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSide:
    """The training members of a release."""

    records: list[str]
    texts: list[str]
    attributes: list[dict[str, object]]
    label: NDArray[np.int64]
    labels: list[str]
    """Label of each code."""
    cohort: NDArray[np.int64]
    cohorts: list[str]
    """Id of each cohort code."""
    teams: dict[str, str]
    """Team of each cohort id."""
    maker: dict[str, int]
    """Code of the cohort that gave most labels of each batch."""
    vectors: csr_matrix
    vectoriser: sklearn.feature_extraction.text.TfidfVectorizer

    def nearest(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the nearest training members of each text by cosine (texts × 10)."""
        closeness = (self.vectoriser.transform(texts) @ self.vectors.T).toarray()
        return np.asarray(np.argsort(-closeness, axis=1, kind="stable")[:, :NEIGHBOURS], dtype=np.int64)

    def doubts(self, seed: int) -> NDArray[np.float64]:
        """Return out-of-fold probabilities of every label for every member (members × labels)."""
        counts = np.bincount(self.label, minlength=len(self.labels))
        import sklearn  # noqa: PLC0415 -- takes 50 MB and a second, and most processes learn nothing

        rare = np.isin(self.label, np.flatnonzero(counts < FOLDS))
        result = np.zeros((len(self.label), len(self.labels)))
        folds = sklearn.model_selection.StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        kept = np.flatnonzero(~rare)
        for seen, unseen in folds.split(kept, self.label[kept]):
            model = _learn(self.vectors[kept[seen]], self.label[kept[seen]])
            result[np.ix_(kept[unseen], model.classes_)] = model.predict_proba(self.vectors[kept[unseen]])
        result[rare, self.label[rare]] = 1.0  # too few to doubt
        return result

    def taught(self) -> NDArray[np.int64]:
        """Return what the labels of all other cohorts teach about each member: its likeliest label, -1 without any."""
        found = np.full(len(self.label), -1, np.int64)
        for code in np.unique(self.cohort):
            own, others = np.flatnonzero(self.cohort == code), np.flatnonzero(self.cohort != code)
            if len(np.unique(self.label[others])) < 2:  # noqa: PLR2004 -- a model needs two labels
                continue
            found[own] = _learn(self.vectors[others], self.label[others]).predict(self.vectors[own])
        return found


def _learn(vectors: csr_matrix, label: NDArray[np.int64]) -> sklearn.linear_model.LogisticRegression:
    return logistic.learn(vectors, label, strength=10.0, rounds=300)


def training_side(ctx: Context, release: str) -> TrainingSide:
    """Return the training members of a release with their vectors."""
    members, labels = releases.members(ctx, release), releases.labels(ctx, release)
    value = dict(zip(labels.column("record_id").to_pylist(), labels.column("value").to_pylist(), strict=True))
    rows = [row for row in members.to_pylist() if row["split"] == "train"]
    records = sourcing.take(ctx, [row["record_id"] for row in rows])
    texts = [text_of(record.text, record.payload) for record in records]
    # the same data say the same, whatever its ids are
    order = sorted(range(len(rows)), key=lambda place: (texts[place], value[rows[place]["record_id"]]))
    rows, records = [rows[place] for place in order], [records[place] for place in order]
    texts = [texts[place] for place in order]
    import sklearn  # noqa: PLC0415 -- takes 50 MB and a second, and most processes learn nothing

    names = sorted({value[row["record_id"]] for row in rows})
    cohorts = sorted({row["cohort_id"] for row in rows})
    vectoriser = sklearn.feature_extraction.text.TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True
    )
    batches: dict[str, Counter[int]] = {}
    for row in rows:
        batches.setdefault(row["batch_id"], Counter())[cohorts.index(row["cohort_id"])] += 1
    return TrainingSide(
        records=[row["record_id"] for row in rows],
        texts=texts,
        attributes=[sourcing.fields_of(record) for record in records],
        label=np.array([names.index(value[row["record_id"]]) for row in rows], dtype=np.int64),
        labels=names,
        cohort=np.array([cohorts.index(row["cohort_id"]) for row in rows], dtype=np.int64),
        cohorts=cohorts,
        teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx, ids=cohorts)},
        maker={batch: counts.most_common(1)[0][0] for batch, counts in batches.items()},
        vectors=vectoriser.fit_transform(texts),
        vectoriser=vectoriser,
    )


def text_of(text: str, payload: dict[str, object]) -> str:
    """Return what a model reads of a record: its text, and the reply of a pair."""
    reply = payload.get("reply")
    return f"{text}\n{reply}" if isinstance(reply, str) else text
