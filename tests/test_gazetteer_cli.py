"""`--gazetteer DIR` lays a user's tables over the built-in ones."""

import json
from pathlib import Path

from typer.testing import CliRunner

import hustings

PARTIES = "who,country,alias,rule,valid_from,valid_to,source\n"
LINE = json.dumps({"id": "1", "text": "The Harbour Party lied to all of us."})


def tagged(folder: Path, *, rule: str = "any") -> tuple[int, str]:
    (folder / "parties.csv").write_text(PARTIES + f"Harbour,,Harbour Party,{rule},,,own\n", encoding="utf-8")
    result = CliRunner().invoke(hustings.app, ["tag", "-", "--gazetteer", str(folder)], input=LINE)
    return result.exit_code, result.output


def test_tag_finds_what_a_users_tables_name(tmp_path: Path) -> None:
    code, output = tagged(tmp_path)
    assert code == 0
    assert [target["who"] for target in json.loads(output)["targets"]] == ["Harbour"]


def test_a_mistake_in_a_table_is_told_in_one_line(tmp_path: Path) -> None:
    code, output = tagged(tmp_path, rule="loud")
    assert code != 0
    told = "parties.csv:2: column rule: 'loud' is none of any, capital, exact, cue"
    assert told in " ".join(output.split())


def test_explain_reads_with_a_users_tables(tmp_path: Path) -> None:
    tagged(tmp_path)
    asked = ["explain", "--text", "The Harbour Party lied to all of us.", "--json"]

    result = CliRunner().invoke(hustings.app, [*asked, "--gazetteer", str(tmp_path)])

    assert result.exit_code == 0
    told = json.loads(result.output)
    assert [target["who"] for target in told["targets"]] == ["Harbour"]
    assert "+gaz." in told["methods"][0]["reading_method"]
    assert json.loads(CliRunner().invoke(hustings.app, asked).output)["targets"] != told["targets"]


def test_explain_tells_a_mistake_in_a_table_in_one_line(tmp_path: Path) -> None:
    tagged(tmp_path, rule="loud")
    asked = ["explain", "--text", "The Harbour Party lied.", "--gazetteer", str(tmp_path)]

    result = CliRunner().invoke(hustings.app, asked)

    assert result.exit_code != 0
    assert "column rule: 'loud' is none of" in " ".join(result.output.split())
