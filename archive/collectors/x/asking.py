"""One conversation with X's API: in the vocabulary that it understands, until it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.collectors.x.costs import posts_charge
from archive.collectors.x.posts import lacks_fields
from archive.collectors.x.problems import TOKEN, is_cap, problems_of, refuse
from archive.collectors.x.spelling import SPELLINGS, Spelling, other
from archive.contract import Charge, Credential, Response, SourceRefused, UnreadablePage, Web
from archive.contract.web import HTTP_OK

TIMELINE, LOOKUP, USERS = "timeline", "lookup", "users"
"""The buckets of X's own limits."""
SPARED = frozenset({"since_id"})
"""Parameters that only save money: X may find an id too old."""
_BAD_REQUEST = 400


@dataclass(slots=True)
class Asking:
    """Asks on behalf of one account's round. The vocabulary that was understood is kept until its end."""

    web: Web
    credential: Credential | None
    spelling: Spelling
    fixed: bool
    """Whether the user chose the vocabulary."""
    refused: set[str] = field(default_factory=set)
    """Parameters that X did not take, and that can be done without."""

    def get(self, url: str, params: Mapping[str, str], bucket: str, charge: Charge) -> Response:
        """An answer of 200, 400, 403 about one account, 404 or another 4xx.

        Raises SourceRefused and BudgetSpent where X serves nobody, and what Web.get raises.
        """
        if self.credential is None:
            raise SourceRefused(f"reading X needs a bearer token: set {TOKEN}")
        response = self.web.get(
            url, params=params, credential=self.credential, bucket=bucket, charge=charge, final=is_cap
        )
        if response.status != HTTP_OK:
            refuse(response, problems_of(response))
        return response

    def posts(
        self, url: str, params: Mapping[str, str], bucket: str, most: int, *, authors: bool = False
    ) -> Response:
        """An answer about posts; where X does not know the vocabulary, or ignores it, in the other one."""
        charge = posts_charge(most, authors=authors)

        def ask() -> Response:
            sent = {name: value for name, value in params.items() if name not in self.refused}
            return self.get(url, {**sent, **self.spelling.params(author=authors)}, bucket, charge)

        response = ask()
        if not self.fixed and (_refuses_words(response) or _ignores_words(response)):
            self.spelling, self.fixed = other(self.spelling), True
            response = ask()
        unwanted = {name for name in params.keys() & SPARED - self.refused if is_refused_for(response, name)}
        if unwanted:
            self.refused |= unwanted
            response = ask()
        return response


def is_refused_for(response: Response, *parameters: str) -> bool:
    """Whether a request was refused for one of these parameters."""
    return response.status == _BAD_REQUEST and any(one.is_about(*parameters) for one in problems_of(response))


def _refuses_words(response: Response) -> bool:
    """Whether a request was refused for the names of the fields that it asked for."""
    return is_refused_for(response, "expansions", *(spelling.parameter for spelling in SPELLINGS))


def _ignores_words(response: Response) -> bool:
    """Whether an answer holds posts without anything that was asked for."""
    if response.status != HTTP_OK:
        return False
    try:
        answer = response.json()
    except UnreadablePage:
        return False
    entries = answer.get("data") if isinstance(answer, dict) else None
    return isinstance(entries, list) and lacks_fields(entries)
