"""X's answers as pages hold them."""

from archive.contract import Page, UnreadablePage
from archive.contract.web import read_json
from archive.x_posts.answers import Answer, WrongRecord, answer_of


def read_answer(page: Page) -> Answer:
    """A page's answer. Raises UnreadablePage where it is none of X's."""
    answer = read_json(page)
    try:
        return answer_of(answer)
    except WrongRecord as error:
        raise UnreadablePage(f"{page.source}: {error}") from error
