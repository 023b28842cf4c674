"""The data dictionary is up to date, and says everything."""

import make_data_dictionary
from sqlmodel import SQLModel

from db import models


def test_the_page_is_what_the_models_say() -> None:
    """Red? Run `python docs/make_data_dictionary.py`."""
    assert make_data_dictionary.PAGE.read_text(encoding="utf-8") == make_data_dictionary.render()


def test_every_table_and_column_is_in_it() -> None:
    sections = {
        section.partition("\n")[0]: section for section in make_data_dictionary.render().split("\n## ")[1:]
    }
    columns = {
        table.name: [column.name for column in table.columns] for table in SQLModel.metadata.sorted_tables
    }
    assert set(sections) == set(columns)
    for table, names in columns.items():
        assert [name for name in names if f"| `{name}` |" not in sections[table]] == []


def test_it_says_what_a_column_means_where_the_model_does() -> None:
    page = make_data_dictionary.render()
    assert "| `share` | float? | Fraction of the valid votes, 0..1. |" in page
    assert "| `person_id` | varchar | → `person.id` |" in page
    assert str(models.Candidacy.__doc__) in page
