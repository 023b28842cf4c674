"""Who speaks of whom, how often, and how."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analysis.contract import Sentiment, Target
from analysis.outcomes.found import FoundStatement, FoundTarget
from analysis.reports.rows import WhoWhomRow
from analysis.reports.tones import Tone, Toward, scores_of, toward


def target_key(target: Target) -> str:
    """What makes two mentions the same target: the person, else the party, else type and name."""
    if target.person_id:
        return target.person_id
    return target.party_id or f"{target.type}:{target.who.casefold()}"


@dataclass(slots=True)
class _Pair:
    """What is counted of one author and one target."""

    statement: FoundStatement
    target: Target
    towards: list[Toward] = field(default_factory=list)
    methods: dict[str, None] = field(default_factory=dict)


def who_whom(statements: Iterable[FoundStatement], *, threshold: float) -> list[WhoWhomRow]:
    """Author -> target, most statements first. The unit is the statement, however often it names them.

    Reposts are left out: their words are somebody else's. Ambiguous mentions are rows of their own,
    never added to anybody's. No mean under `SMALLEST_MEAN` statements with a clear score.
    """
    pairs: dict[tuple[str, str, bool], _Pair] = {}
    for statement in statements:
        if statement.repost_of is None:
            _count(pairs, statement, threshold)
    rows = (_row(key, pair) for key, pair in pairs.items())
    return sorted(rows, key=lambda row: (row.ambiguous, -row.statements, row.author, row.target))


def _count(pairs: dict[tuple[str, str, bool], _Pair], statement: FoundStatement, threshold: float) -> None:
    assert statement.outcome is not None
    author = statement.outcome.candidacy.person_id
    for (key, ambiguous), found in _by_target(statement.targets).items():
        pair = pairs.setdefault((author, key, ambiguous), _Pair(statement, found[0].target))
        pair.towards.append(toward((one.sentiment for one in found), threshold))
        pair.methods.update(dict.fromkeys(_methods(one.sentiment for one in found)))


def _by_target(targets: Sequence[FoundTarget]) -> dict[tuple[str, bool], list[FoundTarget]]:
    found: defaultdict[tuple[str, bool], list[FoundTarget]] = defaultdict(list)
    for one in targets:
        found[target_key(one.target), one.is_ambiguous].append(one)
    return found


def _methods(sentiments: Iterable[Sentiment | None]) -> Iterator[str]:
    return (sentiment.method for sentiment in sentiments if sentiment is not None)


def _row(key: tuple[str, str, bool], pair: _Pair) -> WhoWhomRow:
    assert pair.statement.outcome is not None
    contest, candidacy = pair.statement.outcome.contest, pair.statement.outcome.candidacy
    tones, scores = Counter(one.tone for one in pair.towards), scores_of(pair.towards)
    return WhoWhomRow(
        election_id=contest.election.id,
        contest_id=contest.id,
        author_id=candidacy.person_id,
        author=candidacy.name,
        author_party=candidacy.party_label,
        target_id=key[1],
        target=pair.target.who,
        target_type=pair.target.type,
        ambiguous=key[2],
        statements=len(pair.towards),
        negative=tones[Tone.NEGATIVE],
        neutral=tones[Tone.NEUTRAL],
        positive=tones[Tone.POSITIVE],
        mixed=tones[Tone.MIXED],
        unclear=tones[Tone.UNCLEAR],
        unscored=tones[Tone.UNSCORED],
        scored=scores.count,
        sum_sentiment=scores.total,
        mean_sentiment=scores.mean,
        methods=tuple(pair.methods),
    )
