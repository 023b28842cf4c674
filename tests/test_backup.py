"""Backup and restore: a copy of one moment, whole, verified and private, or none; nothing is written over."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from example_archive import fill
from test_cli import run

import db
from db import backup
from db.backup import back_up, restore
from db.models import Party
from db.revisions import VERSION_TABLE

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with some of everything, closed, to be copied."""
    path = tmp_path_factory.mktemp("example") / "archive.db"
    engine = db.open_database(str(path), create=True)
    fill(engine)
    engine.dispose()
    return path


@pytest.fixture
def archive(example: Path, tmp_path: Path) -> Path:
    """One of a test's own."""
    return Path(shutil.copy(example, tmp_path / "archive.db"))


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the file as it is."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def sql(path: Path, *commands: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for command in commands:
            connection.execute(command)


def test_what_is_restored_is_what_was_backed_up(archive: Path, tmp_path: Path) -> None:
    kept, again = tmp_path / "kept.db", tmp_path / "again.db"

    said = run("--db", str(archive), "backup", str(kept))
    restored = run("--db", str(again), "restore", str(kept))

    assert (said.exit_code, restored.exit_code) == (0, 0)
    assert "verified" in said.stdout
    assert content(archive) == content(kept) == content(again)
    db.open_database(str(again)).dispose()


def test_a_backup_is_one_file_that_can_be_read_where_nothing_can_be_written(
    archive: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    db.open_database(str(archive)).dispose()
    back_up(str(archive), folder / "kept.db")
    assert [file.name for file in folder.iterdir()] == ["kept.db"]
    (folder / "kept.db").chmod(0o400)
    folder.chmod(0o500)

    try:
        restore(folder / "kept.db", str(tmp_path / "again.db"))
    finally:
        folder.chmod(0o700)

    assert content(folder / "kept.db") == content(tmp_path / "again.db")


def test_a_backup_holds_what_still_lies_in_the_log(archive: Path, tmp_path: Path) -> None:
    engine = db.open_database(str(archive))
    with db.writing(engine) as session:
        session.add(Party(id="x:late", name="Late Party"))
    assert archive.with_name("archive.db-wal").stat().st_size

    back_up(str(archive), tmp_path / "kept.db")

    engine.dispose()
    assert ("x:late",) in {row[:1] for row in content(tmp_path / "kept.db")["party"]}


def test_a_backup_beside_writers_ends_and_is_of_one_moment(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer commits between any two steps of it: SQLite would begin anew each time, and never end."""
    monkeypatch.setattr(backup, "PAGES", 4)
    engine = db.open_database(str(archive))
    written = 0

    def write(_done: int, _total: int) -> None:
        nonlocal written
        with db.writing(engine) as session:
            session.add(Party(id=f"x:{written}", name="x" * 5000))
        written += 1

    made = back_up(str(archive), tmp_path / "kept.db", write)

    engine.dispose()
    assert written > 10
    assert not [row for row in content(tmp_path / "kept.db")["party"] if row[1] == "x" * 5000]
    assert made.rows == sum(
        len(rows) for name, rows in content(tmp_path / "kept.db").items() if _counted(name)
    )


def _counted(name: str) -> bool:
    return name != "statement_text"


def test_writers_need_not_wait_for_a_backup(archive: Path, tmp_path: Path) -> None:
    engine = db.open_database(str(archive), busy_seconds=0.05)
    done = threading.Event()

    def write(_done: int, _total: int) -> None:
        with db.writing(engine) as session:
            session.add(Party(id=f"x:{done.is_set()}", name="Quick"))
        done.set()

    back_up(str(archive), tmp_path / "kept.db", write)
    engine.dispose()
    assert done.is_set()


def test_nothing_is_written_over(archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    back_up(str(archive), kept)
    before = kept.read_bytes(), archive.read_bytes()

    again = run("--db", str(archive), "backup", str(kept))
    onto = run("--db", str(archive), "restore", str(kept))

    assert (again.exit_code, onto.exit_code) == (2, 2)
    assert "nothing is overwritten" in again.stderr + onto.stderr
    assert (kept.read_bytes(), archive.read_bytes()) == before


@pytest.mark.parametrize("log", backup.LOGS)
def test_nothing_is_restored_beside_the_log_of_another_file(log: str, archive: Path, tmp_path: Path) -> None:
    """SQLite would play it into the new file."""
    back_up(str(archive), tmp_path / "kept.db")
    (tmp_path / f"again.db{log}").write_bytes(b"")

    with pytest.raises(db.ArchiveDatabaseError, match="move it away"):
        restore(tmp_path / "kept.db", str(tmp_path / "again.db"))
    assert not (tmp_path / "again.db").exists()


def test_a_file_that_comes_meanwhile_is_not_written_over(archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"

    with pytest.raises(db.ArchiveDatabaseError, match="is there already"):
        back_up(str(archive), kept, lambda done, total: kept.touch())

    assert kept.read_bytes() == b""
    assert not (tmp_path / "kept.db.partial").exists()


def test_two_who_back_up_to_one_name_do_not_mix(archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"

    def second(_done: int, _total: int) -> None:
        if not kept.exists():
            back_up(str(archive), kept)

    with pytest.raises(db.ArchiveDatabaseError):
        back_up(str(archive), kept, second)

    assert content(kept) == content(archive)


def test_archives_their_logs_and_backups_are_their_owners_alone(tmp_path: Path) -> None:
    archive, kept, again = (tmp_path / name for name in ("archive.db", "kept.db", "again.db"))
    before = os.umask(0)
    try:
        engine = db.open_database(str(archive), create=True)
        with db.writing(engine) as session:
            session.add(Party(id="x:a", name="Alpha"))
        back_up(str(archive), kept)
        restore(kept, str(again))
        beside = {file.name: mode(file) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
        engine.dispose()

    assert {"archive.db-wal", "archive.db-shm"} < set(beside)
    assert set(beside.values()) == {0o600}


def test_a_backup_has_the_permissions_that_the_owner_gave_the_archive(archive: Path, tmp_path: Path) -> None:
    archive.chmod(0o640)
    back_up(str(archive), tmp_path / "kept.db")
    assert mode(tmp_path / "kept.db") == 0o640


# ---- what is refused ------------------------------------------------------------------------------


def broken_page(path: Path) -> None:
    """Bytes in the midst of a table's pages, as a bad disk leaves them."""
    body = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'statement'").fetchone()
    body[(page - 1) * 4096 : (page - 1) * 4096 + 200] = b"\xa5" * 200
    path.write_bytes(body)


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def begun_with_zeros(path: Path) -> None:
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def astray(path: Path) -> None:
    """A row that refers to nothing, which SQLite itself does not notice without being asked."""
    sql(path, "DELETE FROM person WHERE id = 'p:maren'")


def unsaid_release(path: Path) -> None:
    sql(path, f"DELETE FROM {VERSION_TABLE}")


DAMAGE = [broken_page, cut_off, begun_with_zeros, astray, unsaid_release]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_not_restored(damage: object, archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    back_up(str(archive), kept)
    assert callable(damage)
    damage(kept)

    said = run("--db", str(tmp_path / "again.db"), "restore", str(kept))

    assert said.exit_code == 3
    assert "kept.db" in said.stderr
    assert "damaged" in said.stderr
    assert {file.name for file in tmp_path.iterdir()} <= {"archive.db", "kept.db"}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_archive_is_not_backed_up_as_if_it_were_whole(
    damage: object, archive: Path, tmp_path: Path
) -> None:
    assert callable(damage)
    damage(archive)

    said = run("--db", str(archive), "backup", str(tmp_path / "kept.db"))

    assert said.exit_code == 3
    assert "archive.db" in said.stderr
    assert not (tmp_path / "kept.db").exists()


@pytest.mark.parametrize("damage", [broken_page, cut_off, begun_with_zeros])
def test_a_command_that_meets_damage_says_which_file_and_what_to_do(damage: object, archive: Path) -> None:
    assert callable(damage)
    damage(archive)
    before = archive.read_bytes()

    said = run("--db", str(archive), "analyse")

    assert said.exit_code == 3, said.stdout + said.stderr
    assert "archive.db is damaged" in said.stderr
    assert "hustings restore" in said.stderr
    assert archive.read_bytes() == before


def test_a_backup_cut_off_at_any_4_kb_is_never_taken_for_whole(archive: Path, tmp_path: Path) -> None:
    kept, cut = tmp_path / "kept.db", tmp_path / "cut.db"
    back_up(str(archive), kept)
    whole = kept.read_bytes()
    for size in range(0, len(whole), 4096):
        cut.write_bytes(whole[:size])
        with pytest.raises(db.ArchiveDatabaseError):
            restore(cut, str(tmp_path / "again.db"))
    assert not (tmp_path / "again.db").exists()


def test_a_later_releases_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    sql(archive, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    back_up(str(archive), tmp_path / "kept.db")

    with pytest.raises(db.NewerDatabase, match=r"later release .*9999.* upgrade"):
        restore(tmp_path / "kept.db", str(tmp_path / "again.db"))


@pytest.mark.parametrize("given", ["text", "foreign", "empty"])
def test_what_is_no_archive_is_refused(given: str, tmp_path: Path) -> None:
    file = tmp_path / "given.db"
    if given == "foreign":
        sql(file, "CREATE TABLE recipes (name TEXT)")
    else:
        file.write_text("name,votes\n" * 50 if given == "text" else "")

    assert run("--db", str(file), "backup", str(tmp_path / "kept.db")).exit_code == 2
    assert run("--db", str(tmp_path / "again.db"), "restore", str(file)).exit_code == 2
    assert [one.name for one in tmp_path.iterdir()] == ["given.db"]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_for_postgresql_the_servers_own_tool_is_named(command: str, tmp_path: Path) -> None:
    (tmp_path / "kept.db").touch()
    file = str(tmp_path / ("new.db" if command == "backup" else "kept.db"))

    said = run("--db", "postgresql+psycopg://ann:hidden@localhost/archive", command, file)

    assert said.exit_code == 2
    assert "pg_dump" in said.stderr
    assert "hidden" not in (said.stdout + said.stderr)


# ---- no room, and no time left --------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from db import backup
backup.PAGES = 4
source, target, at = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
steps = 0
def told(done, total):
    global steps
    steps += 1
    if steps == at:
        os.kill(os.getpid(), signal.SIGKILL)
link = os.link
def name_it(*names):
    if at == -1:
        os.kill(os.getpid(), signal.SIGKILL)
    link(*names)
    os.kill(os.getpid(), signal.SIGKILL)
if at < 0:
    os.link = name_it
backup.back_up(source, target, told)
"""


@pytest.mark.parametrize("at", [1, 9, 30, -1, -2])
def test_a_backup_that_is_killed_is_there_whole_or_not_at_all(at: int, archive: Path, tmp_path: Path) -> None:
    """At a step of copying, before the copy has its name, and right after."""
    kept = tmp_path / "kept.db"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(archive), str(kept), str(at)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert kept.exists() == (at == -2)
    kept.unlink(missing_ok=True)

    back_up(str(archive), kept)

    assert content(kept) == content(archive)
    assert not (tmp_path / "kept.db.partial").exists()


def small_disk(folder: Path, megabytes: int, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script with a disk of so many megabytes at `folder`, in a name space of its own."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("no name spaces here")
    mounted = f"mount -t tmpfs -o size={megabytes}m tmpfs '{folder}' || exit 99"
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", f"{mounted}\n{script}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if "unshare" in done.stderr or done.returncode == 99:
        pytest.skip("this machine lets nobody mount a small disk")
    return done


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


def test_a_backup_onto_a_disk_without_room_is_not_there(archive: Path, disk: Path) -> None:
    sql(archive, "INSERT INTO party (id, name) VALUES ('x:long', hex(zeroblob(1000000)))")
    done = small_disk(
        disk,
        1,
        f"'{sys.executable}' '{ROOT}/hustings.py' --db '{archive}' backup '{disk}/kept.db'; "
        f"echo $?; ls -A '{disk}'",
    )
    assert done.stdout.split() == ["75"], done
    assert "the disk is full" in done.stderr


FILLED = """
import sys
from db import FullDisk, open_database, writing
from db.models import Party
engine = open_database(sys.argv[1], create=True)
n = 0
try:
    while True:
        with writing(engine) as session:
            session.add(Party(id=f"x:{n}", name="x" * 20_000))
        n += 1
except FullDisk:
    print(n)
"""


def test_a_full_disk_leaves_an_archive_that_opens_with_all_that_was_committed(
    disk: Path, tmp_path: Path
) -> None:
    (tmp_path / "fill.py").write_text(FILLED)
    done = small_disk(
        disk,
        3,
        f"'{sys.executable}' '{tmp_path}/fill.py' '{disk}/archive.db' && "
        f"cp -p '{disk}'/archive.db* '{tmp_path}'",
    )
    assert done.returncode == 0, done
    committed = int(done.stdout)
    assert committed > 10

    engine = db.open_database(str(tmp_path / "archive.db"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("SELECT count(*) FROM party").scalar() == committed
    engine.dispose()
