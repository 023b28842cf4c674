"""What is left out of the run on PostgreSQL is named by names that are there."""

from pathlib import Path

from archives_on_server import left_out

TESTS = Path(__file__).parent


def test_every_test_that_is_left_out_on_a_server_is_there() -> None:
    for name in left_out():
        file, _, function = name.partition("::")
        assert f"def {function}(" in (TESTS / file).read_text(encoding="utf-8") or not function, name
