"""What posts on Mastodon and its relatives say, whether an API or an export has them."""

from collections.abc import Iterable

from archive.markup import text_of_html

QUOTE_LINK = "quote-inline"
"""Class of the `RE: <address>` that stands in the text for servers that know no quotes."""


def whole_words(warning: str | None, html: str, choices: Iterable[str], *, without_quote: bool) -> str:
    """All that an author wrote: content warning, text, the choices of a poll."""
    words = text_of_html(html, without={QUOTE_LINK} if without_quote else ())
    parts = [(warning or "").strip(), words, "\n".join(filter(None, choices))]
    return "\n\n".join(filter(None, parts))


def full_handle(acct: str, domain: str) -> str:
    """A handle as it is written everywhere; a server leaves its own domain out."""
    return acct if "@" in acct else f"{acct}@{domain}"
