"""The reader of rule tables: comments are passed over, a broken line is refused by its place."""

from importlib.resources import files

import pytest

from analysis.rule_tables import RuleError, parse_table, read_table

SHIPPED = [
    (package, f"{folder}/{entry.name}")
    for package, folder in (
        ("analysis", "tables"),
        ("analysis.kinds", "rules"),
        ("analysis.sentiment", "tables"),
        ("analysis.targets", "tables"),
    )
    for entry in files(package).joinpath(folder).iterdir()
    if entry.name.endswith((".csv", ".tsv"))
]


@pytest.mark.parametrize(("package", "path"), SHIPPED)
def test_every_table_that_ships_can_be_read(package: str, path: str) -> None:
    assert list(read_table(package, path))


def test_rows_come_with_their_place_and_without_comments() -> None:
    text = "# what it holds\nword,source\nwon , hand\n# more\n#tag,hand\n"
    assert list(parse_table("rules/some.csv", text)) == [
        ("some.csv:3", {"word": "won", "source": "hand"}),
        ("some.csv:5", {"word": "#tag", "source": "hand"}),
    ]


def test_quotation_marks_hold_commas_in_a_csv_and_are_signs_in_a_tsv() -> None:
    (_, row), *_ = parse_table("some.csv", 'word,source\n"so, what",hand\n')
    assert row["word"] == "so, what"
    (_, row), *_ = parse_table("some.tsv", 'word\tsource\n"so\thand\n')
    assert row["word"] == '"so'


@pytest.mark.parametrize("line", ["won", "won,hand,more", '"won,hand', '"won"n,hand'])
def test_a_line_that_is_no_row_is_refused_by_its_place(line: str) -> None:
    with pytest.raises(RuleError, match=r"^some\.csv:3: "):
        list(parse_table("some.csv", f"word,source\nlost,hand\n{line}\n"))
