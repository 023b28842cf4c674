"""The generated posts are what measurements need: like real ones, and the same every time."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import generate
import post_authors
import pytest

SCRIPT = Path(generate.__file__)

PLAIN = (
    "election_id,contest_id,contest_name,person_name,party_name,account_platform,account_handle\n"
    "e,c1,Upper Marsh,Ada Alpha,Alpha Party,x,@ada\n"
    "e,c1,Upper Marsh,Bo O'Beta,Beta Party,bluesky,bo.example.org\n"
    "e,c2,Lower Marsh,Ada Alpha,,,\n"
)
COMMONS = (
    "\ufeffConstituency name,Party name,Candidate first name,Candidate surname,Votes\n"
    "Upper Marsh,Alpha,Zoë,Alpha,3\nUpper Marsh,Beta,Bo,Beta-Beta,2\n"
)


def write_posts(folder: Path, *options: str) -> bytes:
    out = folder / "posts.ndjson"
    generate.main([*options, "--out", str(out)])
    return out.read_bytes()


def roster(folder: Path, content: str) -> str:
    path = folder / "roster.csv"
    path.write_text(content, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("posts")
    written = write_posts(folder, "--posts", "5000", "--seed", "7").decode()
    return [json.loads(line) for line in written.splitlines()]


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    options = ("--posts", "300", "--seed", "7", "--roster", roster(tmp_path, PLAIN), "--from", "2019-02-01")

    first = write_posts(tmp_path, *options)

    assert write_posts(tmp_path, *options) == first
    assert write_posts(tmp_path, *options, "--seed", "8") != first


def test_the_bytes_depend_on_nothing_but_the_arguments(tmp_path: Path) -> None:
    """Another process hashes strings in another order."""
    run = [sys.executable, str(SCRIPT), "--posts", "300", "--seed", "7"]
    written = subprocess.run(run, capture_output=True, check=True, env={"PYTHONHASHSEED": "1"})
    assert written.stdout == write_posts(tmp_path, "--posts", "300", "--seed", "7")


def test_a_line_is_one_post_with_all_fields(posts: list[dict[str, Any]]) -> None:
    assert len(posts) == 5000
    for post in posts:
        assert list(post) == [
            *("id", "platform", "author_handle", "author_id", "author_name", "text", "created_at"),
            *("url", "lang", "reply_to", "quoted", "repost_of", "raw"),
        ]
        assert post["raw"]["data"]["text"] == post["text"]
        assert post["id"] in post["url"]
        assert datetime.fromisoformat(post["created_at"]).utcoffset() is not None


def test_ids_are_unique_fit_64_bits_and_grow_with_time(posts: list[dict[str, Any]]) -> None:
    ids = [int(post["id"]) for post in posts]
    assert sorted(set(ids)) == ids
    assert ids[-1] < 2**63
    assert [post["created_at"] for post in posts] == sorted(post["created_at"] for post in posts)


def test_texts_are_as_long_as_real_ones(posts: list[dict[str, Any]]) -> None:
    lengths = [len(post["text"]) for post in posts]
    tenths = quantiles(lengths, n=10)
    assert 175 <= mean(lengths) <= 190
    assert 30 <= min(lengths) <= 60
    assert 260 <= max(lengths) <= 280
    assert tenths[0] < 130
    assert tenths[-1] > 235


def test_raw_payloads_weigh_as_much_as_real_ones(posts: list[dict[str, Any]]) -> None:
    sizes = [
        len(json.dumps(post["raw"], ensure_ascii=False, separators=(",", ":")).encode()) for post in posts
    ]
    assert min(sizes) >= 1500
    assert max(sizes) <= 2500


@pytest.mark.parametrize(
    ("field", "least", "most"), [("reply_to", 0.12, 0.18), ("quoted", 0.06, 0.1), ("repost_of", 0.03, 0.07)]
)
def test_some_posts_answer_quote_or_repeat_others(
    posts: list[dict[str, Any]], field: str, least: float, most: float
) -> None:
    assert least <= mean(post[field] is not None for post in posts) <= most


@pytest.mark.parametrize(
    ("part", "least"),
    [("#", 0.3), ("@", 0.2), ("https://", 0.2), ("🗳️", 0.02), ("congratulate", 0.005), ("Vote ", 0.01)],
)
def test_texts_hold_what_political_posts_hold(posts: list[dict[str, Any]], part: str, least: float) -> None:
    assert mean(part in post["text"] for post in posts) >= least


def test_texts_hardly_repeat(posts: list[dict[str, Any]]) -> None:
    assert len({post["text"] for post in posts}) > 0.97 * len(posts)


def test_most_posts_are_english_and_some_are_not(posts: list[dict[str, Any]]) -> None:
    assert 0.9 <= mean(post["lang"] == "en" for post in posts) <= 0.98
    assert {post["lang"] for post in posts} == {"en", "fr", "es", "de"}


def test_entities_stand_where_they_say(posts: list[dict[str, Any]]) -> None:
    for post in posts:
        entities = post["raw"]["data"]["entities"]
        shown = [("@" + it["username"], it) for it in entities.get("mentions", ())]
        shown += [("#" + it["tag"], it) for it in entities.get("hashtags", ())]
        shown += [(it["url"], it) for it in entities.get("urls", ())]
        assert all(post["text"][it["start"] : it["end"]] == part for part, it in shown)


def test_an_account_keeps_its_id_and_no_two_share_one(posts: list[dict[str, Any]]) -> None:
    accounts = {(post["author_handle"], post["author_id"]) for post in posts}
    assert len(accounts) == len({handle for handle, _ in accounts}) == len({id for _, id in accounts}) == 16


def test_the_candidates_of_a_plain_roster_write_and_are_written_about(tmp_path: Path) -> None:
    written = write_posts(tmp_path, "--posts", "500", "--roster", roster(tmp_path, PLAIN)).decode()
    posts = [json.loads(line) for line in written.splitlines()]

    accounts = {(post["platform"], post["author_handle"], post["author_name"]) for post in posts}
    assert accounts == {
        ("x", "ada", "Ada Alpha"),
        ("bluesky", "bo.example.org", "Bo O'Beta"),
        ("x", "AdaAlpha", "Ada Alpha"),
    }
    about_bo = [post for post in posts if "Bo O'Beta" in post["text"] or "@bo.example.org" in post["text"]]
    assert {post["author_handle"] for post in about_bo} >= {"ada"}
    assert any("Beta Party" in post["text"] for post in posts)


def test_the_candidates_of_the_house_of_commons_library_get_handles(tmp_path: Path) -> None:
    written = write_posts(tmp_path, "--posts", "100", "--roster", roster(tmp_path, COMMONS)).decode()
    posts = [json.loads(line) for line in written.splitlines()]
    accounts = {(post["author_handle"], post["author_name"]) for post in posts}
    assert accounts == {("ZoeAlpha", "Zoë Alpha"), ("BoBetaBeta", "Bo Beta-Beta")}


def test_namesakes_get_different_handles(tmp_path: Path) -> None:
    twice = COMMONS + "Lower Marsh,Gamma,Zoë,Alpha,9\n"
    candidates = post_authors.read_roster(Path(roster(tmp_path, twice)))
    assert [candidate.handle for candidate in candidates] == ["ZoeAlpha", "BoBetaBeta", "ZoeAlpha2"]


def test_posts_lie_between_the_two_days(tmp_path: Path) -> None:
    written = write_posts(tmp_path, "--posts", "200", "--from", "2019-02-26", "--to", "2019-02-27").decode()
    days = {json.loads(line)["created_at"][:10] for line in written.splitlines()}
    assert days == {"2019-02-26", "2019-02-27"}


def test_a_name_longer_than_a_post_still_fits(tmp_path: Path) -> None:
    longest = PLAIN.replace("Ada Alpha", "Ada " + "Alpha" * 80).replace("Upper Marsh", "Marsh" * 90)
    written = write_posts(tmp_path, "--posts", "300", "--roster", roster(tmp_path, longest)).decode()
    assert all(30 <= len(json.loads(line)["text"]) <= 280 for line in written.splitlines())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--posts", "-1"), "cannot be negative"),
        (("--from", "2024-05-02", "--to", "2024-05-01"), "not before --from"),
        (("--from", "yesterday"), "invalid"),
        (("--roster", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    options: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        generate.main(options)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name,age\nAda,3\n", "person_name"),
        ("person_name\nAda\n", "party_name"),
        (PLAIN[:92], "no candidate"),
    ],
)
def test_a_roster_that_is_none_is_refused(
    content: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        generate.main(["--roster", roster(tmp_path, content)])
    assert says in capsys.readouterr().err
