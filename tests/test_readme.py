"""The README's words, done."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import hustings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every `hustings` command line that README.md or docs/ shows."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = "\n".join(
        "\n".join(re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.M | re.S)) for page in pages
    )
    lines = shown.replace("\\\n", " ").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.lstrip().startswith("hustings ")]


def test_the_python_example_runs_and_finds_whom_masroor_spoke_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(hustings.app, ["demo"]).exit_code == 0

    [example] = blocks("python")
    exec(compile(example, "README.md", "exec"), {})

    said = capsys.readouterr().out
    assert "Ajmal Masroor (elected: False) -> Labour: negative" in said
    assert "Tasnime Akunjee (elected: None) -> Ajmal Masroor: negative" in said
    assert "thanks" in said


def test_the_first_screen_gives_the_two_commands() -> None:
    first_screen = "\n".join(README.splitlines()[:24])

    assert "make demo" in first_screen
    assert "make test" in first_screen


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_every_command_that_the_docs_show_exists_with_its_options(command: str) -> None:
    words = [
        word for word in shlex.split(command.replace("[", " ").replace("]", " ")) if word not in ("|", ">")
    ]
    names = [word for word in words[1:] if not word.startswith("-") and word.isalpha()]
    options = [word.split("|")[0] for word in words if word.startswith("--")]

    group = names[:2] if names[0] in ("roster", "results", "account", "code", "review") else names[:1]
    help_text = CliRunner().invoke(hustings.app, [*group, "--help"], env={"COLUMNS": "200"}).stdout

    assert help_text, command
    assert [option for option in options if option not in help_text] == []


def test_every_link_to_a_page_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+?)\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
