"""A small archive of invented people: two elections, three contests, statements with findings."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine
from sqlmodel import Session

from db import models, writing

ELECTION = "council.westhaven.2023-05-04"
HARBOUR = "council.westhaven.harbour.2023-05-04"
HILL = "council.westhaven.hill.2023-05-04"
EARLIER = "mayor.westhaven.2019-05-02"
POLLS_CLOSE = datetime(2023, 5, 4, 21, 0, tzinfo=UTC)
DECLARED = datetime(2023, 5, 5, 3, 37, 30, tzinfo=UTC)
METHOD = "reader-1"
SCORER = "scorer-1"

HOSTILE = (
    "=1+1 <script>document.title='owned'</script><img src=x onerror=alert(1)> \"'><b>&amp;"
    "\u202ereversed\u202c\x00\x1b[31m <a href=javascript:alert(1)>x</a> Z" + "\u0301" * 40
)


def fill(engine: Engine) -> None:
    """Build the whole example in an empty archive."""
    with writing(engine) as session:
        _ballot(session)
        session.flush()
        _accounts(session)
        _captures(session)
        session.flush()
        _statements(session)


def _ballot(session: Session) -> None:
    session.add_all(
        [
            models.Election(
                id=ELECTION,
                name="Westhaven council 2023",
                polling_date=date(2023, 5, 4),
                time_zone="Europe/London",
                polls_close_at=POLLS_CLOSE,
            ),
            models.Election(
                id=EARLIER,
                name="Mayor of Westhaven 2019",
                polling_date=date(2019, 5, 2),
                time_zone="America/New_York",
            ),
            models.Party(id="x:hp", name="Harbour Party", abbreviation="HP"),
            models.Party(id="x:oa", name="Orchard Alliance", abbreviation="OA"),
            *(models.Person(id=f"p:{key}", name=name) for key, name in PEOPLE.items()),
        ]
    )
    session.flush()
    session.add_all(
        [
            models.Contest(
                id=HARBOUR,
                election_id=ELECTION,
                name="Harbour ward",
                electorate=6_000,
                valid_votes=3_000,
                invalid_votes=60,
                declared_at=DECLARED,
                declared_precision="second",
                declared_zone="Europe/London",
                declared_source="returning officer",
                result_stage="declared",
                result_source="council web site",
                result_summary="HP hold",
                all_candidates_listed=True,
                totals_checked=True,
            ),
            models.Contest(
                id=HILL, election_id=ELECTION, name="Hill ward", seats=2, all_candidates_listed=False
            ),
            models.Contest(id=EARLIER, election_id=EARLIER, name="Mayor"),
        ]
    )
    session.flush()
    session.add_all(
        [
            _stands(
                HARBOUR, "maren", "x:hp", "Harbour Party", 1_500, 0.5, -0.394, elected=True, incumbent=True
            ),
            _stands(HARBOUR, "tobias", "x:oa", "Orchard Alliance", 1_200, 0.4, 0.052, elected=False),
            _stands(HARBOUR, "ines", None, "Independent", 300, 0.1, None, elected=False),
            _stands(HARBOUR, "pell", "x:oa", "Orchard Alliance", None, None, None, status="withdrawn"),
            _stands(HILL, "ada", "x:hp", "Harbour Party", 900, None, None, elected=True),
            _stands(HILL, "bo", "x:oa", "Orchard Alliance", 800, None, None, elected=True),
            _stands(HILL, "cy", None, "Independent", 650, None, None, elected=False),
            _stands(EARLIER, "maren", "x:hp", "Harbour Party", None, None, None),
        ]
    )


PEOPLE = {
    "maren": "Maren Hollis",
    "tobias": "Tobias Quill",
    "ines": "Ines Farrow",
    "pell": "Pell Adair",
    "ada": "Ada Sorrel",
    "bo": "Bo Tamsin",
    "cy": "Cy Wend",
}


def _stands(
    contest: str,
    person: str,
    party: str | None,
    label: str,
    votes: int | None,
    share: float | None,
    change: float | None,
    *,
    elected: bool | None = None,
    incumbent: bool | None = None,
    status: str = "standing",
) -> models.Candidacy:
    return models.Candidacy(
        contest_id=contest,
        person_id=f"p:{person}",
        party_id=party,
        ballot_label=label,
        status=status,
        votes=votes,
        share=share,
        change=change,
        elected=elected,
        elected_basis=None if elected is None else "source",
        incumbent=incumbent,
    )


def _accounts(session: Session) -> None:
    session.add_all(
        [
            models.Account(id=1, platform="x", platform_id="11", person_id="p:maren"),
            models.Account(id=2, platform="x", platform_id="12", person_id="p:tobias"),
            models.Account(id=3, platform="x", platform_id="13", person_id="p:ines"),
            models.Account(id=4, platform="bluesky", platform_id="did:14", person_id="p:cy"),
        ]
    )
    session.flush()
    session.add(models.Coverage(account_id=4, stream="posts", status="complete"))


def _captures(session: Session) -> None:
    taken = datetime(2023, 5, 6, 12, 0, tzinfo=UTC)
    session.add(
        models.Capture(
            id=1,
            kind="file",
            source="posts.csv",
            media_type="text/csv",
            retrieved_at=taken,
            sha256="f" * 64,
            size=9,
        )
    )
    session.flush()
    session.add(
        models.Capture(
            id=2,
            kind="part",
            source="posts.csv",
            media_type="text/csv",
            retrieved_at=taken,
            sha256="a" * 64,
            size=9,
            body=b"some rows",
            part_of=1,
            number=0,
        )
    )


def add_statement(
    session: Session,
    post_id: str,
    person: str | None,
    text: str,
    published: datetime | None,
    *,
    precision: str = "second",
    account: int | None = None,
    **more: str | None,
) -> int:
    """Store one statement and the place that it was read from; returns its id."""
    statement = models.Statement(
        platform="x",
        post_id=post_id,
        person_id=f"p:{person}" if person else None,
        account_id=account,
        text=text,
        text_sha256=sha256(text.encode()).hexdigest(),
        published_at=published,
        published_precision=precision if published else None,
        url=f"https://social.example/{post_id}",
    )
    for column, value in more.items():
        setattr(statement, column, value)
    session.add(statement)
    session.flush()
    assert statement.id is not None
    session.add(
        models.StatementCapture(statement_id=statement.id, capture_id=2, position=f"line {statement.id + 1}")
    )
    return statement.id


def add_reading(
    session: Session,
    statement: int,
    targets: list[tuple[str, str, str, float | None]],
    *,
    kinds: tuple[str, ...] = (),
    method: str = METHOD,
    read_at: datetime = datetime(2023, 6, 1, tzinfo=UTC),
    unscored: str | None = None,
) -> int:
    """Store what a method found: targets as (mention, who, basis, score); kinds are about all of them."""
    row = session.get(models.Statement, statement)
    assert row is not None
    reading = models.Reading(
        statement_id=statement,
        method=method,
        text_sha256=row.text_sha256,
        lang="en",
        read_at=read_at,
        unscored=unscored,
    )
    session.add(reading)
    session.flush()
    assert reading.id is not None
    ids = [_add_target(session, reading.id, row.text, *target) for target in targets]
    for kind in kinds:
        _add_kind(session, reading.id, kind, row.text, ids)
    return reading.id


PEOPLE_BY_NAME = {name: f"p:{key}" for key, name in PEOPLE.items()}


def _add_target(
    session: Session, reading: int, text: str, mention: str, who: str, basis: str, score: float | None
) -> int:
    start = text.find(mention) if mention else None
    person = None if basis == "ambiguous" else PEOPLE_BY_NAME.get(who)
    target = models.Target(
        reading_id=reading,
        start_at=start,
        end_at=None if start is None else start + len(mention),
        mention=mention,
        who=who,
        type="person" if who in PEOPLE_BY_NAME else "party",
        basis=basis,
        confidence=0.9,
        person_id=person,
        candidates=["p:maren", "p:tobias"] if basis == "ambiguous" else [],
    )
    session.add(target)
    session.flush()
    assert target.id is not None
    if score is not None:
        label = "negative" if score < 0 else "positive" if score > 0 else "neutral"
        session.add(
            models.Rating(
                reading_id=reading,
                target_id=target.id,
                method=SCORER,
                score=score,
                label=label,
                confidence=0.7,
            )
        )
    return target.id


def _add_kind(session: Session, reading: int, kind: str, text: str, targets: list[int]) -> None:
    row = models.Kind(
        reading_id=reading,
        kind=kind,
        method="kinds-1",
        start_at=0,
        end_at=min(12, len(text)),
        confidence=0.8,
        strength="strong" if kind == "concession" else None,
        scope="own_contest" if kind in ("victory", "concession") else None,
        types=["policy", "blame"] if kind == "accusation" else [],
        incivility=kind == "accusation",
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(models.KindTarget(kind_id=row.id, target_id=target) for target in targets)


def after(minutes: int, seconds: int = 0) -> datetime:
    """A time so long after the declaration of the Harbour ward."""
    return DECLARED + timedelta(minutes=minutes, seconds=seconds)


def _statements(session: Session) -> None:
    won = add_statement(
        session,
        "1911111111111111113",
        "maren",
        "We won Harbour ward! Thank you.\n"
        "Tobias Quill fought hard, but the Orchard Alliance failed Westhaven.",
        after(76, 20),
    )
    reading = add_reading(
        session,
        won,
        [
            ("We", "own side", "own_side", None),
            ("Tobias Quill", "Tobias Quill", "full_name", 0.42),
            ("Orchard Alliance", "Orchard Alliance", "alias", -0.61),
        ],
        kinds=("victory", "thanks"),
    )
    session.add(
        models.Rating(reading_id=reading, method=SCORER, score=0.1, label="positive", confidence=0.55)
    )
    later = add_statement(session, "1003", "maren", "Reading the count sheets again.", after(90))
    add_reading(session, later, [], kinds=("other",))
    attack = add_statement(
        session,
        "1001",
        None,
        "Hollis broke every promise. Hollis must go!",
        after(-1_000, 1),
        account=2,
        reply_to="@marenhollis",
    )
    add_reading(
        session,
        attack,
        [
            ("Hollis", "Maren Hollis", "surname", -0.8),
            ("Hollis must", "Hollis", "ambiguous", -0.2),
            ("", "Maren Hollis", "reply", -0.5),
        ],
        kinds=("accusation",),
    )
    concession = add_statement(
        session,
        "1002",
        "tobias",
        "Congratulations to Maren Hollis.",
        datetime(2023, 5, 5, tzinfo=UTC),
        precision="day",
    )
    add_reading(
        session, concession, [("Maren Hollis", "Maren Hollis", "full_name", 0.7)], kinds=("concession",)
    )
    add_statement(session, "1004", "tobias", HOSTILE, after(30), url="javascript:alert(1)")
    repeated = add_statement(session, "1005", "tobias", "Maren Hollis, they say.", after(5), repost_of="99")
    add_reading(session, repeated, [("Maren Hollis", "Maren Hollis", "full_name", -0.9)])
    foreign = add_statement(session, "1006", "pell", "Ich trete zurück.", after(-20_000))
    add_reading(session, foreign, [], unscored="unsupported_language")
    add_statement(session, "1007", "pell", "No time is known of this one.", None)
    add_statement(session, "1008", "maren", "Four years earlier.", datetime(2019, 5, 3, 1, 0, tzinfo=UTC))
    add_statement(session, "1009", "ada", "Long before.", datetime(2022, 1, 1, tzinfo=UTC))
