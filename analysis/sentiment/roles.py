"""Who does what to whom round a target: agent, patient, speaker, as far as word order tells."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from analysis.sentiment.lexicon import Roles, grammar, lexicon
from analysis.sentiment.marks import REPORTS, SENDS, VERB
from analysis.sentiment.scope import Sentence
from analysis.sentiment.tables import weights
from analysis.sentiment.words import Word


class Role(StrEnum):
    """The part that a target plays in what a verb says."""

    AGENT = "agent"
    PATIENT = "patient"


class Part(NamedTuple):
    """One verb in which the target has a part."""

    verb: int
    """Place of the verb in the sentence."""
    role: Role
    valence: float
    """What the verb says of the one who has this part, -4..4; negation is applied."""
    is_call: bool = False
    """A call to vote for or against the target, not a deed."""


SUBJECT_REACH = 7
"""Words between a subject and its verb."""
OBJECT_REACH = 4
"""Words between a verb and its object: article, title, office, adjective."""
SPEECH_REACH = 4
MESSAGE_REACH = 6
"""Words behind 'sent' among which its 'message' is looked for: receiver, article, adjectives."""
CALL = 2.0
"""Valence of a call to vote for somebody."""

JOINS = frozenset(["and", ","])
JOIN_REACH = 7


def parts(sentence: Sentence, first: int, last: int) -> Iterator[Part]:
    """The parts that the words `first` to `last` (exclusive) play, in order of the verbs.

    A verb that its scope silenced ('could have won') gives none.
    """
    verbs, words = lexicon().verbs, sentence.words
    if first == last:
        return
    call = _call(sentence, first, last)
    if call:
        yield call
    for i in range(max(first - SUBJECT_REACH, 0), min(last + SUBJECT_REACH + 1, len(words))):
        word = words[i]
        if not word.marks & VERB or word.is_name or i in sentence.silent or first <= i < last:
            continue
        role = _before(words, i, first) if i < first else _behind(words, i, last)
        if role and not (call and call.verb == i):
            yield Part(i, role, _said(verbs[word.key], role, is_denied=i in sentence.denied))


def _call(sentence: Sentence, first: int, last: int) -> Part | None:
    """'Vote Greens', '#StopGreens': a call for or against the target, before it or glued to it."""
    words = sentence.words
    before = first - 1
    while before >= 0 and words[before].key in grammar("slogan link"):
        before -= 1
    for verb in (first, before) if last - first > 1 else (before,):
        key = words[verb].key if verb >= 0 else ""
        sign = (key in grammar("slogan for")) - (key in grammar("slogan against"))
        if sign:
            return Part(verb, Role.PATIENT, CALL * (-sign if verb in sentence.denied else sign), is_call=True)
    return None


def _said(roles: Roles, role: Role, *, is_denied: bool) -> float:
    value = roles.agent if role is Role.AGENT else roles.patient
    return -value * weights("scope")["denied_good" if value > 0 else "denied_bad"] if is_denied else value


def _before(words: Sequence[Word], verb: int, first: int) -> Role | None:
    """The part of a target that stands behind the verb."""
    between = words[verb + 1 : first]
    if any(word.key == "by" for word in between):
        return Role.AGENT if _is_passive(words, verb) and _is_free(between) else None
    if _is_passive(words, verb) or len(between) > OBJECT_REACH:
        return None
    return Role.PATIENT if _is_free(between) and words[verb].clause == words[first].clause else None


def _behind(words: Sequence[Word], verb: int, last: int) -> Role | None:
    """The part of a target that stands before the verb."""
    between = words[last:verb]
    same = words[verb].clause == words[last - 1].clause
    if not same or _is_owner(words[last - 1]) or any(_is_subject(word) for word in between):
        return None
    if any(word.key in lexicon().reporting or word.key == "by" for word in between):
        return None
    is_held = any(word.key in grammar("holder") for word in words[max(verb - 3, last) : verb])
    return Role.PATIENT if is_held or _is_passive(words, verb) else Role.AGENT


def is_of_others(sentence: Sentence, verb: int) -> bool:
    """Whether a verb stands between two names of its clause: said by one of the other."""
    words = sentence.words
    before = words[max(verb - OBJECT_REACH, 0) : verb]
    behind = words[verb + 1 : verb + 1 + OBJECT_REACH]
    return all(
        any(word.is_name and word.clause == words[verb].clause for word in side) for side in (before, behind)
    )


def _is_owner(word: Word) -> bool:
    return word.is_possessive or word.key in grammar("possessive")


def _is_subject(word: Word) -> bool:
    return word.is_name or word.key in grammar("subject")


def _is_free(between: Sequence[Word]) -> bool:
    """Nobody else and no other clause stands between a verb and its object."""
    return not any(_is_subject(word) or word.key in grammar("break") for word in between)


def _is_passive(words: Sequence[Word], verb: int) -> bool:
    key = words[verb].key
    if key.endswith(("ing", "s")) and not key.endswith("ss"):
        return False
    if _follows_be(words, verb):
        return True
    if verb < 2 or words[verb - 1].key not in JOINS:
        return False
    # 'was convicted of fraud and jailed': a joined participle keeps the passive of the first.
    chain = range(max(verb - JOIN_REACH, 0), verb - 1)
    return any(words[i].key in lexicon().verbs and _follows_be(words, i) for i in chain)


def _follows_be(words: Sequence[Word], verb: int) -> bool:
    return any(word.key in grammar("be") for word in words[max(verb - 3, 0) : verb])


def speech_begins(sentence: Sentence, first: int, last: int) -> int | None:
    """Where the words that a target is said to utter begin: behind its verb of speech, or 0 if before it."""
    words = sentence.words
    if first == last or _is_owner(words[last - 1]):
        return None
    if first >= 2 and words[first - 1].key == "to" and words[first - 2].key == "according":
        return 0
    for i in range(last, min(last + SPEECH_REACH, len(words))):
        if _is_subject(words[i]) or words[i].is_quoted:
            break
        marks = words[i].marks
        if marks & REPORTS:
            return i + 1 if not _is_inverted(words, first) else 0
        if marks & SENDS and (message := _message(words, i)):
            return message + 1
    before = words[max(first - 3, 0) : first]
    if True in [word.marks & REPORTS > 0 for word in before] and _is_inverted(words, first):
        return 0
    return None


def _message(words: Sequence[Word], verb: int) -> int | None:
    """Where the 'message' of 'sent them a clear message' stands: what follows it is told."""
    reach = range(verb + 1, min(verb + 1 + MESSAGE_REACH, len(words)))
    return next((i for i in reach if words[i].key in grammar("message")), None)


def _is_inverted(words: Sequence[Word], first: int) -> bool:
    """'"...", said X': a quotation or the told clause stands before."""
    return any(word.is_quoted for word in words[max(first - 5, 0) : first])
