"""The page about use from Python, done; and every public name is there."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import analysis
import archive
import db

PAGE = Path(__file__).parent.parent / "docs" / "library.md"


def test_the_example_runs_from_files_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    [example] = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(example, PAGE.name, "exec"), {})

    said = capsys.readouterr().out
    assert "statements.csv read 4 = stored 4 + known 0 + quarantined 0" in said
    assert re.search(r"^Ajmal Masroor \[.*'Labour'", said, re.MULTILINE)
    assert (tmp_path / "example-report" / "index.html").exists()


@pytest.mark.parametrize("package", [analysis, archive, db], ids=lambda package: package.__name__)
def test_every_public_name_can_be_had_and_says_what_it_is(package: ModuleType) -> None:
    assert [name for name in package.__all__ if not getattr(package, name).__doc__] == []
    with pytest.raises(AttributeError, match="has no attribute"):
        package.no_such_name  # noqa: B018 - asking for it is the test


@pytest.mark.parametrize("package", [archive, db], ids=lambda package: package.__name__)
def test_what_is_raised_is_a_refusal_with_a_message_for_the_user(package: ModuleType) -> None:
    public = [getattr(package, name) for name in package.__all__]
    errors = [one for one in public if isinstance(one, type) and issubclass(one, Exception)]

    assert errors
    assert all(issubclass(error, db.Refusal) for error in errors)
