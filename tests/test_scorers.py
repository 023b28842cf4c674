"""Which sentiment methods there are, ours and those of other distributions, and what each needs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hustings
from analysis.contract import Question, Scorer
from analysis.sentiment import (
    SCORERS,
    UnknownMethod,
    UnusableMethod,
    UnusableModel,
    known_methods,
    scorer_for,
)
from analysis.sentiment.scorers import PLUGINS
from analysis.text import normalise

ROOT = Path(__file__).parent.parent
PLUGIN = Path(__file__).parent / "fixtures" / "plugin_scorer"
PAGE = (ROOT / "docs" / "scorers.md").read_text(encoding="utf-8")
INSTALL = ("install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target")
HEAVY = ("vaderSentiment", "numpy", "torch", "transformers", "huggingface_hub", "safetensors")
LINE = '{"id": "1", "text": "Labour failed us."}\n'
WITHOUT_MODEL = ("vader", "vader-target")

REFUSING = """
import sys

class Refuses:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {refused}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuses())
import hustings
hustings.main()
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the plug-in, as a user would; no network is needed."""
    folder = tmp_path_factory.mktemp("plugin")
    command = [sys.executable, "-m", "pip", *INSTALL, str(folder), str(PLUGIN)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A model of the plug-in."""
    path = tmp_path / "words.tsv"
    path.write_text("failed\t-0.8\nproud\t0.6\n")
    return path


def run(
    *words: str | Path, ends_with: int = 0, path: Path = ROOT, code: str | None = None
) -> subprocess.CompletedProcess[str]:
    """`hustings` in a process of its own, where `path` may be imported, too; its exit code is as expected."""
    program = [hustings.__file__] if code is None else ["-c", code]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUSTINGS_")}
    done = subprocess.run(
        [sys.executable, *program, *map(str, words)],
        input=LINE,
        env={**kept, "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)]), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends_with, done.stdout + done.stderr
    return done


def refused(*words: str | Path, path: Path = ROOT, code: str | None = None) -> str:
    """What `hustings tag` says in its one line when it refuses."""
    done = run("tag", "-", *words, ends_with=2, path=path, code=code)
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    return line


def plugged(folder: Path, name: str, where: str, module: str = "") -> None:
    """A distribution in `folder` that offers a method, as an installer would write it down."""
    described = folder / f"hustings_{name.replace('-', '_')}-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: hustings-{name}\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(f"[{PLUGINS}]\n{name} = {where}\n")
    if module:
        (folder / f"{where.partition(':')[0]}.py").write_text(module)


@pytest.mark.parametrize("name", WITHOUT_MODEL)
def test_a_method_without_a_model_makes_a_scorer_and_refuses_a_model(name: str) -> None:
    scorer: Scorer = scorer_for(name)
    [answer] = scorer.score([Question(normalise("A wonderful day."))])

    assert answer.method == scorer.method
    with pytest.raises(UnusableModel, match=f"'{name}' takes no model: leave out --model some.json"):
        scorer_for(name, "some.json")


def test_the_method_of_hugging_face_models_asks_for_a_model() -> None:
    with pytest.raises(UnusableModel, match="'transformers' needs a model: --model FOLDER"):
        scorer_for("transformers")


def test_an_unknown_method_names_all_that_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(tmp_path, "tarot", "nowhere:scorer")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert known_methods() == (*SCORERS, "tarot")
    with pytest.raises(UnknownMethod, match=f"'oracle'; known: {', '.join(SCORERS)}, tarot"):
        scorer_for("oracle")


def test_neither_the_table_nor_help_loads_a_library_of_a_method() -> None:
    code = (
        "import sys, runpy\n"
        "from analysis.sentiment import known_methods\n"
        "known_methods()\n"
        "import hustings\n"
        "for command in ('tag', 'analyse'):\n"
        "    sys.argv = ['hustings', command, '--help']\n"
        "    try:\n"
        "        hustings.main()\n"
        "    except SystemExit as ended:\n"
        "        assert not ended.code\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    assert run(code=code).stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.parametrize("command", ["tag", "analyse"])
def test_help_lists_every_method_of_the_table_and_the_option_of_a_model(command: str) -> None:
    said = re.sub(r"-\n +", "-", run(command, "--help").stdout)  # a line may end at a hyphen

    assert {*SCORERS, "--model"} <= set(re.findall(r"[\w-]+", said))


def test_the_page_of_scorers_names_every_method_of_the_table() -> None:
    assert {f"`{name}`" for name in SCORERS} <= set(re.findall(r"`[\w-]+`", PAGE))


# ---- methods of other distributions


def test_an_installed_plug_in_scores_with_the_model_that_the_user_names(installed: Path, words: Path) -> None:
    said = run("tag", "-", "--method", "wordlist", "--model", words, path=installed).stdout
    sentiment = json.loads(said)["sentiment"]

    assert (sentiment["score"], sentiment["label"]) == (-0.8, "negative")
    assert re.fullmatch(r"wordlist-1-[0-9a-f]{8}", sentiment["method"])


def test_a_plug_in_that_refuses_a_model_is_told_in_one_line(installed: Path, words: Path) -> None:
    words.write_text("failed -0.8\n")

    assert "'wordlist' needs a file of words" in refused("--method", "wordlist", path=installed)
    said = refused("--method", "wordlist", "--model", words, path=installed)
    assert f"{words}: not a word, a tab and a number" in said


def test_a_model_that_is_not_there_is_named(installed: Path) -> None:
    said = refused("--method", "wordlist", "--model", "gone.tsv", path=installed)

    assert said == "hustings: gone.tsv: No such file or directory"


def test_the_page_shows_the_plug_in_that_tests_install() -> None:
    for language, file in (("toml", "pyproject.toml"), ("python", "hustings_wordlist.py")):
        shown = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        assert (PLUGIN / file).read_text() in shown


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("", "cannot be loaded: No module named 'broken'"),
        ("import no_such_library", "cannot be loaded: No module named 'no_such_library'"),
        ("other = 1", "has no attribute 'scorer'"),
        ("scorer = 1", "is no function"),
        ("def scorer(model):\n    return 'tea leaves'", "makes a str, not a scorer"),
    ],
)
def test_a_broken_plug_in_is_named_and_refused(
    module: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged(tmp_path, "tarot", "broken:scorer", module)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "broken", raising=False)

    with pytest.raises(UnusableMethod, match=f"'tarot'.*{reason}"):
        scorer_for("tarot")


def test_a_broken_plug_in_stands_in_nobody_elses_way(tmp_path: Path) -> None:
    plugged(tmp_path, "tarot", "broken:scorer", "raise ImportError('no cards')")

    assert json.loads(run("tag", "-", path=tmp_path).stdout)["sentiment"]
    assert "'tarot' (broken:scorer) cannot be loaded: no cards" in refused("--method", "tarot", path=tmp_path)


def test_a_plug_in_never_takes_the_name_of_a_method_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scorer_for("vader").method
    plugged(tmp_path, "vader", "impostor:scorer", "def scorer(model):\n    raise AssertionError")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert scorer_for("vader").method == before
    assert known_methods() == tuple(SCORERS)


# ---- the extra that is not installed


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_without_the_extra_tag_says_what_to_install(package: str) -> None:
    code = REFUSING.format(refused={package})

    said = refused("--method", "transformers", "--model", "some/model", code=code)
    assert "'transformers' needs more packages: pip install 'hustings[transformers]'" in said


def test_without_the_extra_analyse_says_what_to_install(tmp_path: Path) -> None:
    code = REFUSING.format(refused={"torch"})
    database = tmp_path / "archive.db"
    run("--db", database, "init")

    words = ("--db", database, "--method", "transformers", "--model", "some/model")
    [line] = run("analyse", *words, ends_with=2, code=code).stderr.splitlines()
    assert "pip install 'hustings[transformers]'" in line
