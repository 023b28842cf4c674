"""The one door to trafilatura, an extra: the main text of a page without what stands around it."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

NAME = "trafilatura"
SHORTEST = 250
"""A text of fewer characters is no article that was found: then our own reader is asked."""
MOST_TAGS = 60_000
"""A page with more tags is left to our own reader, whose time grows with the length alone."""
MOST_CHARACTERS = 4_000_000
PRUNED = [
    "//figure",
    "//figcaption",
    "//blockquote[contains(@class, '-embed') or contains(@class, 'twitter-') or contains(@class, '-media')]",
    "//div[contains(@class, 'fb-post') or contains(@class, 'fb-video')]",
    "//*[contains(@class, 'caption') or contains(@class, 'credit')]",
]
"""What our own reader sets aside: captions and embedded posts."""


def is_extractor(name: str) -> bool:
    """Return whether a name that was kept with a capture is trafilatura's."""
    return name.startswith(f"{NAME}-")


@cache
def installed_extractor() -> str:
    """Return the name and version of the extractor that is installed; empty where there is none.

    lxml gave its cleaner away (5.2); without it trafilatura's import fails.
    """
    try:
        version("lxml_html_clean")
        return f"{NAME}-{version(NAME)}"
    except PackageNotFoundError:
        return ""


def extract_text(html: str, *, needed: bool) -> list[str] | None:
    """Return the paragraphs of a page's article, or None where they are left to our own reader.

    Raises:
        ModuleNotFoundError: it is needed and not installed.
    """
    if not needed and not installed_extractor():
        return None
    if len(html) > MOST_CHARACTERS or html.count("<") > MOST_TAGS:
        return None
    from trafilatura import extract

    text = extract(
        html, output_format="txt", include_comments=False, include_tables=False, prune_xpath=PRUNED
    )
    if text is None or len(text) < SHORTEST:
        return None
    return [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]
