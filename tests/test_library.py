"""The page about use from Python, done; and every public name is there."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from fake_bluesky import FakeBluesky
from loopback import serving
from world import filled

import analysis
import archive
import db

PAGE = Path(__file__).parent.parent / "docs" / "library.md"


def test_the_examples_run_from_files_to_a_report_and_from_an_account_to_its_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    world = filled(3)
    with serving(FakeBluesky(world)) as network:
        for name, value in network.settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HUSTINGS_ALLOW_HOSTS", f"127.0.0.1:{network.port}")

        known: dict[str, object] = {}
        for example in re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL):
            exec(compile(example, PAGE.name, "exec"), known)

    said = capsys.readouterr().out
    assert "ada.test done read 3 = stored 3 + known 0 + quarantined 0" in said
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
