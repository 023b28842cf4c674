"""Quoted statements in news articles: who said what, where, to whom.

Public: `read_article` (bytes of plain text or HTML to `Article`, with the posts it embeds as
`EmbeddedPost`s), `is_html`, `find_quotations` (plain text to `Quotation`s, each at its `Place`), `record` (a
quotation as a line of `hustings quotes --json`), `NotAnArticle`; `match_posts` (which of a person's posts a
quotation repeats) stands in `archive.quotes.matching`.
"""

from archive.quotes.article import Article, NotAnArticle, is_html, read_article
from archive.quotes.embeds import EmbeddedPost
from archive.quotes.find import find_quotations
from archive.quotes.quotation import Place, Quotation, QuotationKind, record

__all__ = [
    "Article",
    "EmbeddedPost",
    "NotAnArticle",
    "Place",
    "Quotation",
    "QuotationKind",
    "find_quotations",
    "is_html",
    "read_article",
    "record",
]
