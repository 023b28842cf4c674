"""What every column of the data files means."""

from dataclasses import fields

from analysis.reports.rows import (
    AgreementRow,
    CandidateRow,
    ColumnRow,
    ContestRow,
    KindRow,
    Row,
    StatementRow,
    TargetRow,
    WhoWhomRow,
)

TABLES: dict[str, type[Row]] = {
    "contests": ContestRow,
    "candidates": CandidateRow,
    "statements": StatementRow,
    "targets": TargetRow,
    "kinds": KindRow,
    "who-whom": WhoWhomRow,
    "agreement": AgreementRow,
    "columns": ColumnRow,
}
"""Name of a data file -> what its rows are."""

MEANINGS = {
    "accounts": "platforms on which an account of the candidate is known",
    "addressee": "to whom the source says that the statement was directed",
    "ambiguous": "several candidates fit the mention, so that it is linked to none of them",
    "author": "name of the candidate who made the statement",
    "author_id": "person id of the candidate who made the statement",
    "author_party": "the author's party as printed on the ballot",
    "basis": "why the mention was linked to this target",
    "candidates": "contests: number on the ballot; targets: ids of all who fit an ambiguous mention",
    "capture_id": "number, in the archive, of the earliest capture that the statement was read from",
    "capture_position": "where in the capture the statement stands",
    "capture_retrieved_at": "when the capture was taken (UTC)",
    "capture_sha256": "SHA-256 of the capture's bytes",
    "capture_source": "address or file name of the capture",
    "captures": "number of captures that hold the statement",
    "change": "change of the share since the previous election, as a fraction",
    "channel": "where the statement was made, as far as the source says",
    "collection": "what was collected: collected, outside_window, nothing_kept or not_collected",
    "column": "name of the column",
    "confidence": "0 to 1: that the label (statements, targets) or the kind is right",
    "contest": "name of the contest",
    "contest_id": "id of the contest",
    "counted_as": "the label that is counted: `unclear` where it is less sure than the report asks for, "
    "`unscored` where there is none",
    "cue": "the words by which an article attributes the quotation",
    "declared_at": "when the result was declared (UTC)",
    "declared_precision": "how exactly that is known: second, minute or day",
    "declared_source": "who says when it was declared",
    "declared_zone": "time zone of the contest's local times",
    "elected": "whether the candidate was elected",
    "elected_basis": "why `elected` is so: the source said it, or most votes",
    "election_id": "id of the election",
    "electorate": "number of registered voters",
    "end": "code point behind the last of the place in the text",
    "first_after_declaration": "the candidate's first statement at or after the declaration, no repost",
    "incivility": "the statement insults or mocks there",
    "incumbent": "whether the candidate held the seat before",
    "invalid_votes": "number of invalid votes",
    "is_unclear": "the label is less sure than the report asks for (--unclear-below)",
    "kind": "what the statement does",
    "kinds": "what the statement does, all kinds",
    "label": "negative, neutral or positive",
    "lang": "language that was found; where not analysed, the platform's own idea",
    "link_confidence": "0 to 1: that the mention speaks of this target",
    "majority": "votes between winning and losing",
    "majority_basis": "how the majority was reckoned",
    "margin_votes": "votes by which the candidate won (positive) or missed the seat (negative)",
    "mean_sentiment": "mean over the statements that are not unclear, -1 to +1; empty under 10 of them",
    "meaning": "what the column means",
    "mention": "the words in the text",
    "method": "name and version of what made the row; agreement: of the first method",
    "methods": "names and versions of what scored the sentiment",
    "minutes_from_declaration": "whole minutes from the declaration, rounded down; negative before it; "
    "empty unless both times are known to the minute (candidates: of the first statement after it)",
    "mixed": "statements that are negative in one place and positive in another",
    "name": "name of the candidate",
    "negative": "statements that are negative toward the target",
    "neutral": "statements that are neutral toward the target",
    "not_on_ballot": "number of candidates who stood down, were disqualified or died",
    "number": "place among the statement's targets, from 1",
    "opposite": "number of them that one calls negative and the other positive",
    "other_method": "name and version of the second method",
    "party": "party or description as printed on the ballot",
    "party_abbreviation": "short form of the party's name",
    "party_id": "id of the party",
    "person_id": "id of the candidate",
    "phase": "before_polls_close, between, after_declaration or unknown",
    "places": "number of places or texts that both methods have scored",
    "platform": "where the statement was published",
    "polling_date": "polling day",
    "positive": "statements that are positive toward the target",
    "post_id": "the platform's id of the statement: text, even where it looks like a number",
    "published_at": "when it was published (UTC); for precision `day`: midnight of that day",
    "published_local": "the same in the contest's local time; a day stays a day",
    "published_precision": "how exactly the time is known: second, minute or day",
    "quoted": "author or text of the post that it quotes",
    "reading_method": "names and versions of everything that read the statement",
    "region": "region of the contest",
    "reply_to": "handle of the author that it replies to",
    "repost_of": "the post that it repeats without words of its own",
    "result_source": "where the result comes from",
    "result_stage": "how final the result is",
    "result_summary": "the source's own words for the result",
    "same": "number of them with the same label",
    "same_share": "fraction with the same label, of those that are unclear to neither",
    "scope": "whose outcome a victory, concession or refusal speaks of",
    "score": "-1 hostile to +1 warm, toward the target",
    "seats": "number of seats",
    "sentiment": "-1 hostile to +1 warm, of the whole text; empty where it was not scored",
    "sentiment_method": "name and version of what scored the sentiment",
    "share": "fraction of the valid votes",
    "source": "where the candidacy's result comes from",
    "start": "code point with which the place in the text begins, from 0",
    "statement": "platform and post id: the statement's identity",
    "statements": "number of statements (contests, candidates: with a time in the window)",
    "statements_outside": "number of statements in the archive that lie outside the window",
    "statements_undated": "number of statements without any time",
    "status": "standing, withdrawn, disqualified or deceased",
    "strength": "how plainly a concession accepts the loss: strong or weak",
    "table": "name of the data file",
    "target": "whom the statements speak of",
    "target_id": "person id or party id of the target, else its type and name",
    "target_party_id": "party id of the target, where it is linked to one",
    "target_person_id": "person id of the target, where it is linked to one",
    "target_type": "what kind of actor the target is",
    "targets": "statements: number of targets; kinds: whom the kind is about",
    "text": "the words as they were published",
    "turnout": "votes divided by the electorate",
    "turnout_basis": "`all`: valid and invalid votes were counted; `valid`: valid votes only",
    "type": "person, party, government, institution, media, voters, supporters, group, country or other",
    "types": "what an accusation is about: policy, character, misconduct, integrity, blame",
    "unclear": "statements whose label is less sure than the report asks for; agreement: places that are "
    "unclear to either method",
    "unit": "target: places toward which both have scored; text: whole texts",
    "unscored": "statements: why there is no score; who-whom: statements without a score",
    "url": "address of the statement, as its source gives it",
    "valid_votes": "number of valid votes",
    "votes": "number of votes",
    "votes_check": "whether the votes were checked against their total, and if not, why",
    "who": "short name of the target",
    "winners": "names of those elected",
    "words": "the words that show the kind",
}
"""Column -> its meaning; one word means one thing in every table, or the meaning says the difference."""


_NAMES = {row: tuple(field.name for field in fields(row)) for row in TABLES.values()}


def names_of(row: type[Row]) -> tuple[str, ...]:
    """The columns of a table, in order."""
    return _NAMES[row]


def column_rows() -> list[ColumnRow]:
    """Every column of every table with its meaning."""
    return [
        ColumnRow(table, column, MEANINGS[column])
        for table, row in TABLES.items()
        for column in names_of(row)
    ]
