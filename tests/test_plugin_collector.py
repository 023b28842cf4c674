"""A collector of another distribution: installed beside Hustings, found, and collected from."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from fake_bulletin import FakeBulletin
from loopback import Loopback, serving
from world import World, filled

import hustings

ROOT = Path(__file__).parent.parent
PLUGIN = Path(__file__).parent / "fixtures" / "plugin_collector"
INSTALL = ("install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target")
ROSTER = (
    "election_id,polling_date,time_zone,contest_id,contest_name,person_name,person_id\n"
    "xx.1,2031-05-04,Europe/Lisbon,xx.1.a,Exampleton,Ada Quill,dc:801\n"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the plug-in, as a user would; no network is needed."""
    folder = tmp_path_factory.mktemp("plugin")
    command = [sys.executable, "-m", "pip", *INSTALL, str(folder), str(PLUGIN)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


class Desk:
    """Somebody who types `hustings` commands in a folder, where the plug-in is installed."""

    def __init__(self, folder: Path, loopback: Loopback, plugins: Path) -> None:
        self._folder = folder
        path = os.pathsep.join(map(str, (plugins, ROOT)))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUSTINGS_")}
        self._environment: Mapping[str, str] = {**kept, **loopback.settings, "PYTHONPATH": path}
        self._allow = ("--allow-host", f"127.0.0.1:{loopback.port}")

    def run(self, *words: str, ends_with: int = 0) -> str:
        """What the command writes; its exit code is as expected."""
        done = subprocess.run(
            [sys.executable, hustings.__file__, *words],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == ends_with, done.stdout + done.stderr
        return done.stdout

    def add_ada(self) -> None:
        (self._folder / "roster.csv").write_text(ROSTER)
        self.run("roster", "import", "roster.csv")
        self.run("account", "add", "dc:801", "bulletin", "ada")

    def collect(self, ends_with: int = 0) -> str:
        return self.run("collect", *self._allow, "--json", ends_with=ends_with)


def test_an_installed_plug_in_is_collected_from_over_two_rounds_and_its_coverage_is_complete(
    installed: Path, tmp_path: Path
) -> None:
    world = filled(10)
    with serving(FakeBulletin(world, page_size=4)) as loopback:
        desk = Desk(tmp_path, loopback, installed)
        desk.add_ada()

        first = json.loads(desk.collect())
        world.post("ada", "Polls close at ten.")
        world.post("ada", "Thank you, Exampleton.")
        second = json.loads(desk.collect())
        covered = json.loads(desk.run("coverage", "--max-age", "1h", "--json"))

    assert (first["stored"], first["pages"], first["gaps"]) == (10, 3, 0)
    assert (second["stored"], second["known"], second["gaps"]) == (2, 3, 0)
    assert (covered["platform"], covered["handle"], covered["statements"]) == ("bulletin", "ada", 12)
    assert covered["collectable"]
    [stream] = covered["streams"]
    assert (stream["complete"], stream["since"], stream["unread"], stream["gaps"]) == (True, None, False, [])


def test_a_record_that_the_plug_in_cannot_read_is_quarantined_and_the_others_are_kept(
    installed: Path, tmp_path: Path
) -> None:
    fake = FakeBulletin(World())
    fake.world.account("ada")
    for number in range(9):
        fake.world.post("ada", f"Statement {number}.")
    fake.switches.malformed_every = 9
    with serving(fake) as loopback:
        desk = Desk(tmp_path, loopback, installed)
        desk.add_ada()
        summary = json.loads(desk.collect(ends_with=1))

    assert fake.fired["malformed_every"]
    assert (summary["stored"], summary["quarantined"]) == (8, 1)
