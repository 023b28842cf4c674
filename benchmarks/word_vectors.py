"""Word vectors of one's own (PPMI and a truncated SVD), and word valences by ridge regression."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds
from sklearn.linear_model import Ridge

Floats = NDArray[np.float64]
Document = Sequence[str]

WINDOW = 6
"""Words to each side that count as company, by 1/distance."""
RAREST = 4
"""Times that a word must occur to get a vector."""
DIMENSIONS = 100
"""Of a vector; fewer where there are fewer words."""
SMOOTHING = 0.75
"""Exponent on the company's frequency (Levy, Goldberg and Dagan 2015)."""
RIDGE = 8.0
RATED_RAREST = 3


class TooLittleText(ValueError):
    """The texts hold too few words that recur."""


def vectors_of(documents: Sequence[Document]) -> dict[str, Floats]:
    """Word -> unit vector; positive PMI of 1/distance counts, reduced by SVD.

    Raises TooLittleText where hardly a word occurs often enough.
    """
    counts = Counter(word for document in documents for word in document)
    rows = {word: i for i, word in enumerate(sorted(word for word, n in counts.items() if n >= RAREST))}
    matrix = _association(documents, rows)
    left, strength, _ = svds(matrix, k=min(DIMENSIONS, len(rows) - 1), random_state=0)
    table = left[:, ::-1] * np.sqrt(strength[::-1])
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-9
    return {word: table[i] for word, i in rows.items()}


def _association(documents: Sequence[Document], rows: Mapping[str, int]) -> Any:
    """(words, words): positive PMI; company's frequency is smoothed."""
    together = _company(documents, rows)
    if len(rows) < 2 or not together:
        raise TooLittleText(f"too little text: {len(rows)} words occur {RAREST} times")
    pairs = np.array(list(together), np.int64)
    found = np.array(list(together.values()))
    totals = np.bincount(pairs[:, 0], found, minlength=len(rows))
    company = totals**SMOOTHING / (totals**SMOOTHING).sum()
    pmi = np.log(found / (totals[pairs[:, 0]] * company[pairs[:, 1]]))
    return sparse.csr_matrix((np.maximum(pmi, 0), (pairs[:, 0], pairs[:, 1])), shape=(len(rows),) * 2)


def _company(documents: Sequence[Document], rows: Mapping[str, int]) -> Mapping[tuple[int, int], float]:
    """How often two words stand near each other, each time by 1/distance."""
    together: defaultdict[tuple[int, int], float] = defaultdict(float)
    for document in documents:
        places = [rows.get(word, -1) for word in document]
        for i, a in enumerate(places):
            for j in range(i + 1, min(i + 1 + WINDOW, len(places))):
                b = places[j]
                if a >= 0 and b >= 0:
                    together[a, b] += 1 / (j - i)
                    together[b, a] += 1 / (j - i)
    return together


def valences_of(rated: Sequence[tuple[Document, float]]) -> Mapping[str, float]:
    """Word -> what it adds to the mean rating of a text.

    Raises TooLittleText where no word recurs.
    """
    counts = Counter(word for document, _ in rated for word in set(document))
    columns = {w: i for i, w in enumerate(sorted(w for w, n in counts.items() if n >= RATED_RAREST))}
    places = [
        (row, columns[word])
        for row, (document, _) in enumerate(rated)
        for word in sorted(set(document))
        if word in columns
    ]
    if not places:
        raise TooLittleText(f"too little rated text: no word is in {RATED_RAREST} of the texts")
    matrix = sparse.csr_matrix(
        (np.ones(len(places)), tuple(zip(*places, strict=True))), shape=(len(rated), len(columns))
    )
    fitted = Ridge(alpha=RIDGE, solver="sparse_cg", tol=1e-5).fit(matrix, [rating for _, rating in rated])
    return {word: float(fitted.coef_[i]) for word, i in columns.items()}
