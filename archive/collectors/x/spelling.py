"""The two vocabularies of X's API v2, as tables: tweet (prose docs) and post (OpenAPI from 2.167 on).

A request's vocabulary decides that of its answer. Names of the wrong one may be refused with 400, or be
ignored without a word: then the answer lacks what was asked for, and is charged all the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spelling:
    """How requests name what they want."""

    name: str
    """As HUSTINGS_X_FIELDS gives it."""
    parameter: str
    fields: tuple[str, ...]
    references: str
    """The expansion that brings the posts that a post refers to."""
    author: str = "author_id"
    """The expansion that brings the author's name and handle."""

    def params(self, *, author: bool = False) -> dict[str, str]:
        """The parameters for posts; `author` asks for who wrote them too, which is charged as a user."""
        expansions = (self.references, self.author) if author else (self.references,)
        return {self.parameter: ",".join(self.fields), "expansions": ",".join(expansions)}


TWEET = Spelling(
    name="tweet",
    parameter="tweet.fields",
    fields=(
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "entities",
        "in_reply_to_user_id",
        "lang",
        "note_tweet",
        "referenced_tweets",
    ),
    references="referenced_tweets.id",
)
POST = Spelling(
    name="post",
    parameter="post.fields",
    # Author, references and history are no fields here: expansions bring them, and history always comes.
    fields=("conversation_id", "created_at", "entities", "lang", "note_post"),
    references="referenced_posts",
)
SPELLINGS: tuple[Spelling, ...] = (TWEET, POST)
"""In the order in which they are tried."""


def other(spelling: Spelling) -> Spelling:
    """The vocabulary that is not this one."""
    return POST if spelling is TWEET else TWEET
