"""The polite client: asks for its turn, counts, follows redirects, tries again, and refuses."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

import httpx

from archive.contract import (
    Charge,
    CollectingError,
    Credential,
    Response,
    SourceRefused,
    TryLater,
    Unreachable,
)
from archive.contract.web import Params
from archive.web.addresses import check_url
from archive.web.asking import Asked, check_headers, led_to
from archive.web.bills import Bill
from archive.web.bodies import read_body
from archive.web.limits import TOO_MANY, Heard, hear, learned
from archive.web.network import Head, Limits, Wire
from archive.web.passing import PassingTrouble
from archive.web.redaction import hidden, repeats, shown
from archive.web.standing import Cost, Settled, Standing
from archive.web.waiting import Turn

TRIES = 4
MOST_REDIRECTS = 5

REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
NOT_MODIFIED = 304

SHORTEST_BACKOFF = 0.5
LONGEST_BACKOFF = 8.0

LONGEST_EXPLANATION = 1 << 16
LONGEST_EXCERPT = 200

NOTHING = Heard()


class PoliteWeb:
    """archive.contract.Web over real servers. See archive.web.open_web for what it is made of."""

    def __init__(
        self,
        wire: Wire,
        turn: Turn,
        *,
        agent: str,
        chance: random.Random,
        allowed: Collection[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self._wire = wire
        self._turn = turn
        self._agent = agent
        self._chance = chance
        self._allowed = frozenset(allowed)
        self._cap = (limits or Limits()).body

    def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        credential: Credential | None = None,
        bucket: str = "",
        charge: Charge | None = None,
        retry: Collection[int] = (),
        final: Callable[[Response], bool] | None = None,
    ) -> Response:
        """See archive.contract.Web."""
        checked = check_url(url)
        if params:
            checked = checked.copy_merge_params({name: _values(value) for name, value in params.items()})
        asked = Asked(checked, dict(headers or {}), credential, bucket, frozenset(retry), final)
        check_headers(asked, self._allowed)
        return self._persist(asked, charge)

    def _persist(self, asked: Asked, charge: Charge | None) -> Response:
        """Try, and try again."""
        refused = 0
        for number in range(1, TRIES + 1):
            bill = Bill(charge, self._cost(asked, charge))
            try:
                return self._try(asked, bill, refused)
            except PassingTrouble as trouble:
                refused = refused + 1 if isinstance(trouble, TooMany) else 0
                if trouble.sent and number == TRIES:
                    bill.keep()  # a hard stop counts what may have been charged; the same posts count once
                self._refund(bill)
                if number == TRIES:
                    _give_up(asked, trouble)
                self._pause(asked, trouble, number)
            except CollectingError:
                self._refund(bill)
                raise
        raise AssertionError("the last try returns or raises")

    def _try(self, asked: Asked, bill: Bill, refused: int) -> Response:
        """One answer, redirects followed. `refused`: how many 429s came in a row before."""
        self._wire.restart()
        for_good, here = True, asked
        for _ in range(MOST_REDIRECTS + 1):
            found = self._hop(here, bill, refused)
            if isinstance(found, Response):
                moved = for_good and here is not asked
                return replace(found, moved_to=_kept_address(here.url) if moved else None)
            for_good = for_good and found.status in FOR_GOOD
            here = led_to(here, found.to)
        raise Unreachable(f"{shown(asked.url)}: more than {MOST_REDIRECTS} redirects")

    def _hop(self, asked: Asked, bill: Bill, refused: int) -> "Response | Redirect":
        """One request and its answer."""
        self._turn.take(asked.key, bill.due)
        bill.reserved()
        with self._wire.get(asked.url, asked.sent(self._agent)) as head:
            if asked.is_passing(head.status):
                return self._passing(asked, head, bill, refused)
            if head.status in REDIRECTS and (to := head.headers.get("location")):
                self._learn(asked, head)
                _check_secret(asked, b"", head)
                return Redirect(head.status, to)
            if 300 <= head.status < 400 and head.status != NOT_MODIFIED:
                self._learn(asked, head)
                raise Unreachable(f"{shown(asked.url)} answers {head.status}, which leads nowhere")
            return self._received(asked, head, bill)

    def _received(self, asked: Asked, head: Head, bill: Bill) -> Response:
        """The whole answer. Where its body is not usable, what it costs stays as reserved."""
        try:
            body = read_body(head.headers, head.chunks, self._cap)
        except (PassingTrouble, CollectingError) as error:
            bill.keep()
            self._learn(asked, head)
            raise type(error)(f"{shown(asked.url)}: {error}") from None
        return self._handed_out(asked, head, self._response(asked, head, body), bill)

    def _response(self, asked: Asked, head: Head, body: bytes) -> Response:
        return Response(
            url=shown(asked.url),
            status=head.status,
            headers=head.headers,
            body=body,
            retrieved_at=self._turn.clock.now(),
        )

    def _handed_out(self, asked: Asked, head: Head, response: Response, bill: Bill) -> Response:
        self._learn(asked, head, bill.count(response))
        _check_secret(asked, response.body, head)
        return response

    def _passing(self, asked: Asked, head: Head, bill: Bill, refused: int) -> Response:
        """An answer that asks for another try, where the collector takes it as it is.

        Raises PassingTrouble everywhere else.
        """
        response = self._response(asked, head, _explanation(head))
        if asked.final and asked.final(response):
            return self._handed_out(asked, head, response, bill)
        raise self._trouble(asked, head, response, bill, refused)

    def _learn(self, asked: Asked, head: Head, settled: Settled | None = None) -> None:
        """Write down what an answer's headers say, where they say anything, and what it cost."""
        now = self._turn.clock.now()
        heard, policy = hear(head.headers, now), self._turn.policy(asked.bucket)
        if heard != NOTHING or settled:
            self._turn.book.record(
                asked.key, lambda standing: learned(standing, heard, now, policy=policy), settled
            )

    def _trouble(
        self, asked: Asked, head: Head, response: Response, bill: Bill, refused: int
    ) -> PassingTrouble:
        """What a status that asks for another try says; written down too."""
        now, kind = self._turn.clock.now(), TooMany if head.status == TOO_MANY else PassingTrouble
        heard, policy = hear(head.headers, now), self._turn.policy(asked.bucket)

        def change(standing: Standing) -> Standing:
            return learned(
                standing, heard, now, policy=policy, refused=refused + 1, status=head.status, passing=True
            )

        until = self._turn.book.record(asked.key, change, bill.refund()).not_before
        message = f"{shown(asked.url)} answers {head.status}{_excerpt(response, asked.secret)}"
        return kind(message, until=until if until and until > now else None)

    def _cost(self, asked: Asked, charge: Charge | None) -> Cost | None:
        if charge is None:
            return None
        payer = asked.credential.name if asked.credential else ""
        return Cost(payer, charge.what, charge.usd, charge.most, self._turn.clock.now().date())

    def _refund(self, bill: Bill) -> None:
        """What was reserved for a request without an answer is free again."""
        if settled := bill.refund():
            self._turn.book.settle(settled)

    def _pause(self, asked: Asked, trouble: PassingTrouble, number: int) -> None:
        """Wait before the next try, with full jitter; not where the book knows how long to wait."""
        if trouble.until is None:
            most = min(2 * SHORTEST_BACKOFF * 2**number, LONGEST_BACKOFF)
            seconds = self._chance.uniform(SHORTEST_BACKOFF, most)
            self._turn.sit_out(asked.key.host, seconds, "trying again after an error")


class TooMany(PassingTrouble):
    """429."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that leads elsewhere."""

    status: int
    to: str


def _give_up(asked: Asked, trouble: PassingTrouble) -> NoReturn:
    message = hidden(f"{trouble} ({TRIES} tries)", asked.secret)
    raise (TryLater(message, trouble.until) if trouble.until else Unreachable(message)) from None


def _check_secret(asked: Asked, body: bytes, head: Head) -> None:
    """Raise SourceRefused where an answer holds our credential, which would be kept with it."""
    if repeats(asked.secret, body, head.headers.values()):
        raise SourceRefused(f"{asked.key.host}: the answer repeats our credential; nothing kept")


def _explanation(head: Head) -> bytes:
    """The body of an answer that is no page; empty where it is long or not whole."""
    try:
        return read_body(head.headers, head.chunks, LONGEST_EXPLANATION)
    except (PassingTrouble, CollectingError):
        return b""


def _excerpt(response: Response, secret: str) -> str:
    """How an answer explains itself, where it does so in words."""
    if response.media_type != "text/plain" and not response.media_type.endswith("json"):
        return ""
    said = " ".join(hidden(response.body.decode("utf-8", "replace"), secret).split())
    return f": {''.join(filter(str.isprintable, said))[:LONGEST_EXCERPT]}" if said else ""


def _kept_address(url: httpx.URL) -> str | None:
    """An address to be asked for next time; None where it holds a secret, which is not kept."""
    return str(url) if shown(url) == str(url) else None


def _values(value: object) -> str | list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else str(value)
