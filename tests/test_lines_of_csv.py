"""A line of CSV that is made quickly is what the library's writer makes of the guarded cells."""

import csv
import io
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Any

import numpy
from hypothesis import given
from hypothesis import strategies as st

from analysis.reports.formats import _line
from analysis.spreadsheets.cells import csv_cell, plain


class Word(StrEnum):
    PLAIN = "plain"
    FORMULA = "=1+1"


class Number(IntEnum):
    ONE = 1


CELLS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.text("\"'=+-@\t\r\n\x00,;% a", max_size=6),
    st.tuples(st.text("=' \"\x00b", max_size=3)),
    st.just(()),
    st.sampled_from([*Word, *Number, numpy.float64(0.25)]),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
)


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_a_line_is_what_the_writer_makes_of_guarded_cells(values: list[Any]) -> None:
    expected = io.StringIO()
    writer = csv.writer(expected, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([csv_cell(plain(one)) for one in values])
    assert _line(values) == expected.getvalue()


def test_cells_of_the_same_types_are_not_taken_for_one_another() -> None:
    day, moment = date(2023, 5, 4), datetime(2023, 5, 4, 22, 30, tzinfo=UTC)
    assert _line(["a", 1, None, day]) == '"a",1,"","2023-05-04"\n'
    assert _line(["=a", 2, None, day]) == '"\'=a",2,"","2023-05-04"\n'
    assert _line(['say "a"', 0.12345678, True, moment]) == (
        '"say ""a""",0.123457,"true","2023-05-04T22:30:00Z"\n'
    )
