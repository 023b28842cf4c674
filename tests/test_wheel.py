"""The built wheel holds everything that the commands need, and nothing else."""

import os
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("archive", "analysis", "db")

NEEDED = (
    "hustings.py",
    "archive/py.typed",
    "analysis/py.typed",
    "db/py.typed",
    "db/migrations/versions/0001_*.py",
    "archive/demo/*.csv",
    "analysis/kinds/rules/*.csv",
    "analysis/kinds/encoder/general.npz",
    "analysis/kinds/encoder/NOTICE.md",
    "analysis/kinds/layer/gate.npz",
    "analysis/site/templates/*.html",
    "hustings-*.dist-info/licenses/LICENSE",
    "hustings-*.dist-info/licenses/analysis/kinds/encoder/LICENSE-Apache-2.0.txt",
    "hustings-*.dist-info/entry_points.txt",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by hatchling alone: no network."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys, hatchling.build; hatchling.build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program that sees nothing of this environment; returns what it says."""
    env = {"PATH": os.defpath, "HOME": str(cwd), "LANG": "C.UTF-8"}
    env |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("pattern", NEEDED)
def test_the_wheel_holds_what_the_commands_need(pattern: str, wheel: Path) -> None:
    assert any(fnmatch(name, pattern) for name in names_in(wheel))


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    ours = {name for name in names_in(wheel) if ".dist-info/" not in name}
    assert ours == files | {"hustings.py"}


@pytest.mark.real
def test_the_wheel_alone_runs_the_demonstration(tmp_path: Path) -> None:
    """Built as a user builds it, installed in an empty environment, run in an empty folder."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", ROOT, cwd=tmp_path)
    (built,) = (tmp_path / "dist").glob("*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    programs, empty = tmp_path / "env" / "bin", tmp_path / "empty"
    run(programs / "python", "-m", "pip", "install", "--quiet", built, cwd=tmp_path)
    empty.mkdir()

    run(programs / "hustings", "demo", cwd=empty)

    pages = [page.read_text(encoding="utf-8") for page in (empty / "demo" / "report").rglob("*.html")]
    contest = [page for page in pages if "Bethnal Green and Stepney" in page and "1,689" in page]
    assert contest, "no page shows the contest with its majority"
    where = run(programs / "python", "-c", "import db; print(db.__file__)", cwd=empty)
    assert str(tmp_path / "env") in where
