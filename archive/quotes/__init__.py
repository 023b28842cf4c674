"""Quoted statements in news articles: who said what, where, to whom.

Public: `read_article` (bytes of plain text or HTML to `Article`), `find_quotations` (plain text to
`Quotation`s), `record` (a quotation as a line of `hustings quotes --json`), `NotAnArticle`.
"""

from archive.quotes.article import Article, NotAnArticle, read_article
from archive.quotes.find import find_quotations
from archive.quotes.quotation import Quotation, QuotationKind, record

__all__ = [
    "Article",
    "NotAnArticle",
    "Quotation",
    "QuotationKind",
    "find_quotations",
    "read_article",
    "record",
]
