"""A list of words whose neighbours share their end matches what one does whose words each have their own."""

import re
from collections.abc import Iterable
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from analysis.kinds import phrases
from analysis.kinds.phrases import read_phrase

ELEMENTS = st.sampled_from(
    ["won", "win*", "lost", "lo*", "=Reform", "re*", "won it", "it's", "no-one", "lo* it"]
)
TEXTS = st.lists(
    st.sampled_from(
        ["won", "winner's", "win-win", "it", "It's", "lost", "loser", "Reform", "reform", "no-one", ","]
    ),
    max_size=8,
)


def each_with_its_own(regexes: Iterable[str]) -> Iterable[str]:
    return list(regexes)


@given(st.lists(ELEMENTS, min_size=1, max_size=6), TEXTS, st.sampled_from(["", " it", " [it]", " .. won"]))
def test_shared_ends_match_the_same_places(choices: list[str], words: list[str], behind: str) -> None:
    phrase, text = f"({'|'.join(choices)}){behind}", " ".join(words)
    with patch.object(phrases, "_alternatives", each_with_its_own):
        plain = read_phrase(phrase, {})
    shared = read_phrase(phrase, {})

    assert [m.span() for m in re.finditer(shared.regex, text, re.IGNORECASE)] == [
        m.span() for m in re.finditer(plain.regex, text, re.IGNORECASE)
    ]
    assert (shared.anchors, shared.firsts) == (plain.anchors, plain.firsts)
