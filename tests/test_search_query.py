"""Queries are read as FTS5 reads them, and whatever a user types is either answered or explained."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.search.query import BadQuery, parse_query, words_of
from db.search.rendering import as_fts5, as_tsquery

READ = [
    ("recount", '"recount"'),
    ("count again", '("count" AND "again")'),
    ('"count again"', '"count again"'),
    ("recoun*", '"recoun" *'),
    ('"count aga"*', '"count aga" *'),
    ("a OR b AND c", '("a" OR ("b" AND "c"))'),
    ("a b NOT c", '(("a" AND "b") NOT "c")'),
    ("(a OR b) c", '(("a" OR "b") AND "c")'),
    ("NEAR(a b)", 'NEAR("a" "b", 10)'),
    ('NEAR("a x" b*, 3)', 'NEAR("a x" "b" *, 3)'),
    ("@ada_beta #GE2024", '("@ada_beta" AND "#GE2024")'),
    ("don't", '"don\'t"'),
    ('say "so ""called"""', '("say" AND "so ""called""")'),
    ("and or not near", '("and" AND "or" AND "not" AND "near")'),
]


@pytest.mark.parametrize(("query", "rendered"), READ)
def test_a_query_is_rendered_for_fts5(query: str, rendered: str) -> None:
    assert as_fts5(parse_query(query)) == rendered


SERVED = [
    ("Élan", "('elan')"),
    ("recoun*", "('recoun':*)"),
    ('"count again"', "('count' <-> 'again')"),
    ("a b NOT c", "((('a') & ('b')) & !('c'))"),
    ("don't", "('don' <-> 't')"),
    ("NEAR(a b, 1)", "((('a') <1> ('b')) | (('a') <2> ('b')) | (('b') <1> ('a')) | (('b') <2> ('a')))"),
]


@pytest.mark.parametrize(("query", "rendered"), SERVED)
def test_a_query_is_rendered_for_postgresql(query: str, rendered: str) -> None:
    assert as_tsquery(parse_query(query)) == rendered


BAD = [
    ("", "an empty query"),
    ("   ", "an empty query"),
    ('"never closed', "a quote is not closed"),
    ("(a OR b", "a bracket is not closed"),
    ("a)", "too many"),
    ("NOT a", "nothing stands before NOT"),
    ("a AND", "nothing stands behind AND"),
    ("a OR AND b", "nothing stands behind OR"),
    ("🎉", "no letter and no digit"),
    ("a - b", "no letter and no digit"),
    ("NEAR(a)", "NEAR takes words"),
    ("NEAR(a b, many)", "a number"),
    ("NEAR(a b, 5", "NEAR takes words"),
    ("a, b", "too many"),
    ("(" * 60 + "a" + ")" * 60, "brackets within each other"),
    ("a " * 501, "characters"),
]


@pytest.mark.parametrize(("query", "said"), BAD)
def test_a_bad_query_is_explained_in_one_line(query: str, said: str) -> None:
    with pytest.raises(BadQuery, match=said) as refused:
        parse_query(query)
    assert "\n" not in str(refused.value)


TYPED = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["a", "b*", '"', "(", ")", ",", "NEAR(", "AND", "OR", "NOT", "5", "é", ":", "^", "+", "\x00"]
        ),
        max_size=12,
    ).map(" ".join),
)


@given(TYPED)
def test_whatever_is_typed_fts5_accepts_it_or_it_is_explained(query: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(text)")
    try:
        rendered = as_fts5(parse_query(query))
    except BadQuery:
        return
    database.execute("SELECT * FROM t WHERE t MATCH ?", [rendered]).fetchall()
    database.close()


@given(st.text(max_size=40))
def test_words_are_folded_and_hold_letters_and_digits_alone(text: str) -> None:
    for word in words_of(text):
        assert word.isalnum()
        assert "'" not in word
