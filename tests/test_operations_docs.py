"""docs/operations.md: its cron line and units do what they say, run as a user's machine would run them."""

import configparser
import json
import re
import shlex
import stat
import subprocess
from pathlib import Path

import pytest
from test_cli import run

PAGE = (Path(__file__).parent.parent / "docs" / "operations.md").read_text()
PROGRAM, SECRETS = "/opt/hustings/bin/hustings", "/etc/hustings/secrets.env"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def cron_commands() -> list[str]:
    """What cron hands to the shell: what follows the five fields of time and the user."""
    [table] = blocks("cron")
    return [line.split(maxsplit=6)[6] for line in table.splitlines() if re.match(r"[*\d]", line)]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Stands for the installed command: says what was asked of it, and with which token."""
    script = tmp_path / "hustings"
    script.write_text('#!/bin/sh\necho "$HUSTINGS_X_TOKEN|$*"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


@pytest.mark.parametrize("secrets", [True, False])
def test_the_cron_line_hands_on_the_secrets_and_runs_without_them(
    secrets: bool, program: Path, tmp_path: Path
) -> None:
    file = tmp_path / "secrets.env"
    if secrets:
        file.write_text("HUSTINGS_X_TOKEN=a-token\n")
    command = cron_commands()[0].replace(SECRETS, str(file)).replace(PROGRAM, str(program))
    command = command.replace("logger -t hustings", "cat")

    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)

    assert done.stdout == f"{'a-token' if secrets else ''}|-v collect --due --json\n"


def units() -> list[configparser.ConfigParser]:
    found = []
    for text in blocks("ini"):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read_string(text)
        found.append(unit)
    return found


def test_every_command_of_units_and_cron_exists_with_its_options() -> None:
    commands = [unit["Service"]["ExecStart"] for unit in units() if "Service" in unit]
    commands += [command[command.index(PROGRAM) :].split(">")[0].split("|")[0] for command in cron_commands()]
    assert len(commands) == 5
    for command in commands:
        words = shlex.split(command.replace(PROGRAM, ""))
        name = next(word for word in words if not word.startswith("-"))
        told = run(name, "--help").stdout
        assert [word for word in words if word.startswith("--") and word not in told] == [], command


def test_a_unit_is_not_stopped_before_its_page_is_stored() -> None:
    """The client gives a page two minutes; systemd's own patience is shorter."""
    from archive.web import Limits

    [stops_after] = re.findall(r"^TimeoutStopSec=(\d+)$", PAGE, re.MULTILINE)
    assert int(stops_after) > Limits().overall


def test_the_shown_summary_has_the_fields_that_programs_get(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUSTINGS_DB", raising=False)
    monkeypatch.setenv("HUSTINGS_ALLOW_HOSTS", "127.0.0.1:9")
    monkeypatch.setattr("archive.web.polite.LONGEST_BACKOFF", 0.5)
    Path("roster.csv").write_text(
        "election_id,polling_date,time_zone,contest_id,contest_name,person_name,person_id\n"
        "xx.1,2031-05-04,Europe/Lisbon,xx.1.a,Exampleton,Ada Quill,dc:801\n"
    )
    run("roster", "import", "roster.csv")
    run("account", "add", "dc:801", "feed", "http://127.0.0.1:9/feed")
    said = json.loads(run("collect", "--json").stdout)

    [shown] = map(json.loads, blocks("json"))
    assert list(shown) == list(said)
    assert list(shown["short"][0]) == list(said["short"][0])
