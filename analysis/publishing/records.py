"""Statements as HTML. Written by hand: as templates they took most of the time of a large report.

Whatever comes from outside passes `_text`, or `escaped` where it was made fit to be shown before; a test
puts hostile texts into every place.
"""

from collections.abc import Callable, Iterable, Iterator
from html import escape as escaped

from analysis.outcomes.ballot import Contest
from analysis.outcomes.found import FoundCapture
from analysis.publishing.fates import both_texts, fate_line
from analysis.reports.concessions.evidence import Remark
from analysis.reports.contests.parts import CandidatePart, ShownStatement
from analysis.reports.passages import Passage
from analysis.reports.rows import KindRow, TargetRow
from analysis.site import render_fragment, wording
from analysis.site.harmless import shown as harmless


def record(shown: ShownStatement, contest: Contest) -> str:
    """A statement in full: what was read in it, why, and where it was captured."""
    return "".join(
        (
            f'<article class="statement record" id="{escaped(shown.anchor)}">\n',
            _when(shown, contest),
            _where(shown),
            fate_line(shown.statement.fate, contest),
            _words(shown, _plain_mark),
            both_texts(shown.statement.fate, shown.statement.text, contest),
            _kinds(shown.kinds),
            _remarks(shown.remarks),
            _targets(shown),
            _whole(shown),
            render_fragment("why", "why", why=shown.why, shown=shown) if shown.why else "",
            _original(shown),
            *(_capture(one) for one in shown.statement.captures),
            "" if shown.statement.captures else _NO_CAPTURE,
            "</article>\n",
        )
    )


def compact(shown: ShownStatement, part: CandidatePart, address: str) -> str:
    """A statement as its contest's page shows it; `address` is that of its record, seen from there."""
    row, outcome = part.row, part.outcome
    repost = "<strong>repost</strong>, not the author’s own words · " if shown.statement.repost_of else ""
    kinds = "".join(f"{_kind(kind)} " for kind in dict.fromkeys(shown.row.kinds))
    tone = f"{_tone(shown.row.counted_as)} " if shown.row.label else ""
    return (
        f'<article class="statement" id="{escaped(shown.anchor)}">\n'
        f'<p class="by"><strong>{_own(row.name)}</strong> <abbr class="party" title="{_text(row.party)}">'
        f"{_text(row.party_abbreviation or row.party)}</abbr>{_outcome(part)}</p>\n"
        f"{_when(shown, outcome.contest)}{fate_line(shown.statement.fate, outcome.contest)}"
        f"{_words(shown, _telling_mark)}"
        f'<p class="does">{repost}{kinds}{tone}<a href="{escaped(address)}">Record</a></p>\n'
        f"{_remarks(shown.remarks)}</article>\n"
    )


def _outcome(part: CandidatePart) -> str:
    """What became of the author, where that sets the words apart from those of the other candidates."""
    if not part.candidacy.is_standing:
        return f' <span class="muted">{wording.STATUSES[part.row.status]}</span>'
    return ' <span class="muted">elected</span>' if part.row.elected else ""


def files_behind(some: Iterable[ShownStatement]) -> list[FoundCapture]:
    """The captures that are parts of files, one a file, for the list of whole files."""
    captures = (capture for shown in some for capture in shown.statement.captures)
    found = {one.file_id: one for one in captures if one.file_id is not None}
    return [found[key] for key in sorted(found)]


_NO_CAPTURE = '<p class="capture">No capture is linked to this statement.</p>\n'


_FIRST = ' · <strong class="first">first after the declaration</strong>'


def _text(text: str) -> str:
    """A text of somebody else's: neither markup nor what disturbs a page."""
    return escaped(harmless(text))


def _own(text: str) -> str:
    """A text of somebody else's that cannot turn round what stands beside it."""
    return f"<bdi>{_text(text)}</bdi>"


def _tone(tone: str) -> str:
    return f'<span class="tone {tone}">{tone}</span>'


def _kind(kind: str) -> str:
    return f'<span class="kind">{_text(wording.KINDS.get(kind, kind))}</span>'


def _when(shown: ShownStatement, contest: Contest) -> str:
    row, published = shown.row, shown.statement.published
    if published is None:
        time = "undated"
    else:
        told = wording.moment(published, contest.zone)
        time = f'<time datetime="{row.published_local}">{escaped(told)}</time>'
    first = _FIRST if row.first_after_declaration else ""
    minutes = _minutes(row.minutes_from_declaration)
    return f'<p class="when">{time}{minutes} · {wording.PHASES[row.phase]}{first}</p>\n'


def _minutes(minutes: int | None) -> str:
    if minutes is None:
        return ""
    longer = f' <span class="muted">({wording.duration(minutes)})</span>' if abs(minutes) >= 60 else ""
    return f' · <strong class="minutes">{wording.minutes(minutes)}</strong>{longer}'


def _where(shown: ShownStatement) -> str:
    one = shown.statement
    parts = [f"{_text(wording.PLATFORMS.get(one.platform, one.platform))}, {wording.CHANNELS[one.channel]}"]
    if one.repost_of:
        parts.append("<strong>repost</strong>: not the author’s own words")
    if one.reply_to:
        parts.append(f"reply to {_own(one.reply_to)}")
    if one.addressee:
        parts.append(f"directed at {_own(one.addressee)}")
    if one.cue:
        parts.append(f"attributed by “{_own(one.cue)}”")
    return f'<p class="where">{" · ".join(parts)}</p>\n'


def _words(shown: ShownStatement, mark: Callable[[Passage, ShownStatement], str]) -> str:
    passages, left_out = shown.passages.passages, shown.passages.left_out
    text = "".join(mark(one, shown) if one.targets else escaped(one.text) for one in passages)
    more = f" … {wording.number(left_out)} characters more in the data files"
    cut = f'<span class="cut">{more}</span>' if left_out else ""
    return f'<blockquote dir="auto">{text}{cut}</blockquote>\n'


def _plain_mark(passage: Passage, shown: ShownStatement) -> str:
    """The words that speak of a target, where the list of targets follows."""
    return f'<mark class="{shown.tone_of(passage)}">{escaped(passage.text)}</mark>'


def _telling_mark(passage: Passage, shown: ShownStatement) -> str:
    """The words that speak of a target; why stands beside them on hover and on focus."""
    told = shown.told(passage)
    why = _text("; ".join(told.lines))
    return f'<mark class="{told.tone}" tabindex="0">{escaped(passage.text)}<i> ({why})</i></mark>'


def _kinds(kinds: Iterable[KindRow]) -> str:
    lines = "".join(f"<li>{_kind_line(one)}</li>\n" for one in kinds)
    return f'<ul class="kinds" aria-label="What the statement does">\n{lines}</ul>\n' if lines else ""


def _kind_line(one: KindRow) -> str:
    uncivil = "uncivil" if one.incivility else None
    more = [one.strength, wording.SCOPES.get(one.scope or ""), *one.types, uncivil]
    told = ", ".join(_text(word) for word in more if word)
    detail = f" ({told})" if told else ""
    about = f" → {_own(', '.join(one.targets))}" if one.targets else ""
    review = f" {review_of(one.review, one.reviewed_by)}" if one.reviewed_by else ""
    return (
        f"{_kind(one.kind)}{detail}{about}: <q>{_own(wording.truncated(one.words))}</q> "
        f'<span class="muted">{wording.confidence(one.confidence)} {_text(one.method)}</span>{review}'
    )


def review_of(review: str, by: str | None) -> str:
    """Whether a person has looked at a finding, and who."""
    who = f" by {_own(by)}" if by else ""
    kind = "machine" if review == "machine" else "person"
    return f'<span class="review {kind}">{wording.REVIEWS[review]}{who}</span>'


def _remarks(remarks: Iterable[Remark]) -> str:
    return "".join(map(_remark, remarks))


def _remark(one: Remark) -> str:
    name = "Contradiction" if one.is_contradiction else "Premature"
    review = "" if one.claim.reviewed else f" {review_of('machine', None)}"
    return f'<p class="remark"><strong>{name}:</strong> {_text(one.sentence)}{review}</p>\n'


def _targets(shown: ShownStatement) -> str:
    method, reading = shown.row.sentiment_method, shown.statement.reading
    lines = "".join(f"<li>{_target_line(one, method)}</li>\n" for one in shown.targets)
    if lines:
        return f'<ul class="targets" aria-label="Whom the statement targets">\n{lines}</ul>\n'
    return '<p class="small">No target found.</p>\n' if reading and not reading.unscored else ""


def _target_line(one: TargetRow, method: str | None) -> str:
    """One target; the method is told where it is not that of the whole text."""
    return (
        f"<b>{_text(one.who)}</b>: {_tone(one.counted_as)}{_score(one)} "
        f"<small>{'; '.join(_told_of(one, method))}</small>"
    )


def _score(one: TargetRow) -> str:
    if one.score is None:
        return ""
    label = f" ({_text(one.label or '')})" if one.is_unclear else ""
    return f" {wording.score(one.score)}{label}, confidence {wording.confidence(one.confidence or 0)}"


def _told_of(one: TargetRow, method: str | None) -> Iterator[str]:
    if one.sentiment_method != method:
        yield _text(one.sentiment_method or "no score")
    candidates = f": {_own(', '.join(one.candidates))}" if one.candidates else ""
    how = f"{wording.BASES[one.basis]} ({wording.confidence(one.link_confidence)}){candidates}"
    place = ""
    if one.start is None:
        place = "only addressed, "
    elif one.mention != one.who:
        place = f"“{_own(one.mention)}”, "
    yield f"{one.type}, {place}{how}"


def _whole(shown: ShownStatement) -> str:
    row = shown.row
    if row.unscored:
        return f'<p class="small">{wording.UNSCORED[row.unscored]}</p>\n'
    if row.label is None or row.sentiment is None:
        return ""
    label = f" ({_text(row.label)})" if row.is_unclear else ""
    return (
        f'<p class="small">Whole text: {_tone(row.counted_as)} {wording.score(row.sentiment)}{label}, '
        f"confidence {wording.confidence(row.confidence or 0)} {_text(row.sentiment_method or '')}</p>\n"
    )


def _original(shown: ShownStatement) -> str:
    one, address = shown.statement, wording.web_address(shown.statement.url)
    if address:
        original = f'<a href="{escaped(address)}" rel="external noopener noreferrer">Original</a>'
    elif one.url:
        original = f"Original: {_own(one.url)} (no web address)"
    else:
        original = "The source gives no address."
    return (
        f'<p class="small">{original} · Record <a href="#{escaped(shown.anchor)}">{_own(one.key)}</a></p>\n'
    )


def _capture(one: FoundCapture) -> str:
    part = ""
    if one.file_id is not None:
        part = f', a part of capture <a href="#capture-{one.file_id}">{one.file_id}</a>'
    return (
        f'<p class="capture">Capture {one.id}: <i>{_text(one.position)}</i> of <i>{_text(one.source)}</i>, '
        f"{wording.utc(one.retrieved_at)}, SHA-256 <code>{_text(one.sha256)}</code>{part}</p>\n"
    )
