"""The rows of candidacies on pages of parties and letters: what they say, and names are only text."""

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_reading import Outline
from written_candidacies import candidacy

from analysis.outcomes.candidacies import ConcessionStatus
from analysis.publishing.candidacy_rows import SHORT, candidacy_rows
from analysis.publishing.digests import CandidacyDigest
from analysis.publishing.party_answers import CandidateLine, party_address
from analysis.reports.contests.collection import Collection
from analysis.site import wording

HOSTILE = st.one_of(
    st.sampled_from(["<script>alert(1)</script>", "\"' onmouseover='x", "</td></tr></table>", "{{ 7 * 7 }}"]),
    st.text("<>&\"'=/a\n\u202e", min_size=1, max_size=20),
)


def line(digest: CandidacyDigest) -> CandidateLine:
    return CandidateLine(digest, "contests/north", party_address(digest.row))


def of(**changes: Any) -> CandidacyDigest:
    """A candidacy on the ballot whose row says something else."""
    digest = candidacy(person="p:ada").digest
    concession = replace(digest.concession, backing="partial")
    return replace(digest, on_ballot=True, concession=concession, row=replace(digest.row, **changes))


def shape(html: str) -> list[str]:
    outline = Outline(html)
    assert outline.wrong == outline.open == []
    return [tag for tag, _ in outline.tags]


@given(HOSTILE)
def test_whatever_a_name_holds_the_row_has_the_same_cells(text: str) -> None:
    plain, named = of(), of(name=f"n {text}", party=f"p {text}", contest=f"c {text}")
    html = candidacy_rows([line(named)], "../")
    assert shape(html) == shape(candidacy_rows([line(plain)], "../"))
    assert "\u202e" not in html
    assert wording.truncated(f"n {text}") in unescape(html)


def test_a_row_leads_to_the_candidate_the_party_and_the_contest() -> None:
    one = line(of())
    html = candidacy_rows([one], "../")
    for address in (one.address, one.party_address, "contests/north/index.html"):
        assert f'href="../{address}"' in html
    assert one.party_address not in candidacy_rows([one], "../", show_party=False)


@pytest.mark.parametrize("collection", Collection)
def test_nobody_without_statements_is_said_to_have_none(collection: Collection) -> None:
    html = candidacy_rows([line(of(collection=collection.value, statements=0, statements_undated=0))], "")
    assert f'<td class="n"><span class="muted">{SHORT[collection.value]}</span></td>' in html


@pytest.mark.parametrize("status", ConcessionStatus)
@pytest.mark.parametrize("kind", [None, *wording.CLAIM_VERBS])
def test_every_stance_and_claim_has_its_words(status: ConcessionStatus, kind: str | None) -> None:
    digest = of()
    digest = replace(digest, concession=replace(digest.concession, concession=status.value, kind=kind))
    cell = candidacy_rows([line(digest)], "").partition('<td class="status">')[2]
    is_silent = status in (ConcessionStatus.NOT_DUE, ConcessionStatus.RESULT_UNKNOWN)
    is_claim = status != ConcessionStatus.NOT_COLLECTED and (kind == "victory" or (kind and is_silent))
    assert (wording.CONCESSIONS[status.value] in unescape(cell)) != is_silent
    assert (wording.CLAIM_VERBS.get(kind or "", "no claim") in cell) == bool(is_claim)
    assert ("(not complete)" in cell) == (status == ConcessionStatus.NONE_FOUND)
