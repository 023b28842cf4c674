"""The analysis on a real cluster of Dask: a scheduler and two workers, processes on loopback."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from found_rows import TEXTS, found_rows, keep_statements
from loopback_cluster import LoopbackCluster, loopback_cluster
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError
from typer.testing import CliRunner

import hustings
from analysis.contract import Roster
from analysis.findings import analyse, analyse_together
from analysis.reader import Reader
from analysis.running.cluster import cluster_at
from analysis.running.errors import NoCluster
from analysis.running.recipe import Recipe
from analysis.sentiment import scorer_for
from db import open_database
from db.reading import open_to_read

pytestmark = pytest.mark.real

MANY = 240


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LoopbackCluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with loopback_cluster(folder) as started:
        with cluster_at(started.address, workers=2):
            pass
        yield started


def alone(path: Path) -> dict[str, list[dict[str, object]]]:
    engine = open_database(str(path), create=True)
    keep_statements(engine, MANY)
    analyse(engine, Reader(Roster(), scorer_for("vader")))
    rows = found_rows(engine)
    engine.dispose()
    return rows


def test_a_cluster_stores_what_one_process_does_though_a_worker_is_killed(
    engine: Engine, tmp_path: Path, cluster: LoopbackCluster
) -> None:
    keep_statements(engine, MANY)
    told: list[int] = []

    def tell(done: int, total: int) -> None:
        told.append(done)
        if len(told) == 2:
            cluster.workers[0].send_signal(signal.SIGKILL)

    with cluster_at(cluster.address) as crew:
        analyse_together(engine, Recipe(scorer="vader"), crew, progress=tell)

    assert found_rows(engine) == alone(tmp_path / "alone.db")
    assert told[-1] == MANY
    assert cluster.workers[0].wait() == -signal.SIGKILL


def test_a_cluster_shares_an_archive_in_postgresql(tmp_path: Path, cluster: LoopbackCluster) -> None:
    with postgresql_server() as server:
        address = new_database(server, "cluster")
        engine = open_database(address, create=True)
        keep_statements(engine, MANY)

        command = ["--db", address, "analyse", "--method", "vader", "--cluster", cluster.address]
        done = CliRunner().invoke(hustings.app, command)

        assert done.exit_code == 0, done.output
        assert found_rows(engine) == alone(tmp_path / "alone.db")
        engine.dispose()
        reading = open_to_read(address)
        with reading.connect() as connection, pytest.raises(InternalError, match="read-only"):
            connection.execute(text("DELETE FROM reading"))
        reading.dispose()


def test_a_cluster_writes_the_bytes_that_one_process_writes(tmp_path: Path, cluster: LoopbackCluster) -> None:
    (tmp_path / "in").mkdir()
    for number in range(4):
        posts = [{"id": str(n), "text": f"{words} {number}"} for n, words in enumerate(TEXTS)]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(posts), tmp_path / "in" / f"{number}.parquet")
    command = ["analyse", "--method", "vader", "--parquet", str(tmp_path / "in")]

    for name, by in (("alone", ["--workers", "1"]), ("cluster", ["--cluster", cluster.address])):
        done = CliRunner().invoke(hustings.app, [*command, str(tmp_path / name), *by])
        assert done.exit_code == 0, done.output

    assert len(list((tmp_path / "cluster").glob("*.parquet"))) == 4
    for path in (tmp_path / "alone").iterdir():
        assert path.read_bytes() == (tmp_path / "cluster" / path.name).read_bytes()


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    monkeypatch.setattr("analysis.running.cluster.CONNECTING", 1)

    with pytest.raises(NoCluster, match=address), cluster_at(address):
        pass


def test_a_cluster_without_a_worker_is_refused(tmp_path: Path) -> None:
    with (
        loopback_cluster(tmp_path, workers=0) as started,
        pytest.raises(NoCluster, match="no worker"),
        cluster_at(started.address),
    ):
        pass
