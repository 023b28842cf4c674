"""What the browser extension Zeeschuimer captures of Instagram, TikTok and Threads, and 4CAT's copies of it.

One record is `{nav_index, item_id, timestamp_collected, source_platform, source_platform_url, data}`, where
`data` is the post as the platform's own website got it; 4CAT keeps the post itself, with the rest as
`__import_meta`. Forms: js/zs-background.js and modules/*.js of digitalmethodsinitiative/zeeschuimer, and
`map_item` of datasources/{instagram,tiktok,threads} of digitalmethodsinitiative/4cat (read 2026-11).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.contract import Choices, Companions, Layout, Post, Reject
from archive.contract.pages import LeftOut
from archive.entities import Entity, WrongRecord, entities, entity, needed_text, text
from archive.importers.records.fields import epoch_moment, id_text, needed_id, read_record

AROUND = "__import_meta"
"""Where 4CAT keeps what stands around a post in Zeeschuimer's records."""
ADS = ("https://www.facebook.com/ads/", "https://facebook.com/ads/")

ADVERTISEMENT = "an advertisement"
PRIVATE = "private: of an account that only its followers see"
UNAVAILABLE = "no longer available when it was captured"
LIVE = "a live broadcast"


@dataclass(frozen=True, slots=True)
class ZeeschuimerFormat:
    """Records of one platform."""

    name: str
    platforms: frozenset[str]
    """What `source_platform` says."""
    unwanted: Callable[[Entity], str | None]
    """Why a post is left out; None where it is not."""
    read: Callable[[Entity, str], Post]
    """A post by its record and place. Raises WrongRecord."""

    def recognises(self, record: Mapping[str, Any]) -> bool:
        around = entity(record, AROUND)
        if around is not None:
            return text(around, "source_platform") in self.platforms
        return (
            text(record, "source_platform") in self.platforms
            and isinstance(record.get("data"), dict)
            and ("nav_index" in record or "timestamp_collected" in record)
        )

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        """Each record says all itself."""
        return choices

    def withheld(self, record: Mapping[str, Any]) -> str | None:
        """Why a record is not for the archive; None where it is."""
        data = _data(record)
        return self.unwanted(data) if data is not None else None

    def posts(
        self, record: Mapping[str, Any], layout: Layout, position: str
    ) -> Iterator[Post | Reject | LeftOut]:
        data = _data(record)
        reason = self.unwanted(data) if data is not None else None
        if reason is not None:
            yield LeftOut(position, reason, private=_ids(record) if reason == PRIVATE else ())
            return
        yield read_record(lambda _: self.read(_needed(data), position), record, position)


def _data(record: Entity) -> Entity | None:
    return record if entity(record, AROUND) is not None else entity(record, "data")


def _ids(record: Entity) -> tuple[str, ...]:
    """Those that stand in a record itself: Zeeschuimer's, or in 4CAT's copy the platform's."""
    return tuple(found for name in ("item_id", "code", "shortcode", "id") if (found := id_text(record, name)))


def _needed(data: Entity | None) -> Entity:
    if data is None:
        raise WrongRecord("data: no post of the platform")
    return data


# ---- Instagram --------------------------------------------------------------------------------------


def _unwanted_on_instagram(data: Entity) -> str | None:
    link = text(data, "link") or ""
    if data.get("product_type") == "ad" or link.startswith(ADS):
        return ADVERTISEMENT
    return PRIVATE if _owner(data).get("is_private") is True else None


def _instagram(data: Entity, position: str) -> Post:
    """A post as `item` of a list, or as node of the older graph; its shortcode is its id.

    The numeric id is not in every export, the shortcode is in each, and in every address.
    """
    code, owner = needed_id(data, "code", "shortcode"), _owner(data)
    in_graph = "taken_at_timestamp" in data
    return Post(
        platform="instagram",
        post_id=code,
        text=_graph_caption(data) if in_graph else _caption(data),
        position=position,
        published=epoch_moment(data, "taken_at_timestamp" if in_graph else "taken_at"),
        author_handle=text(owner, "username"),
        author_platform_id=id_text(owner, "pk", "pk_id", "id"),
        author_name=text(owner, "full_name"),
        url=f"https://www.instagram.com/p/{code}/",
    )


def _owner(data: Entity) -> Entity:
    """The author, who stands in one of two places or in both."""
    return entity(data, "user") or entity(data, "owner") or {}


def _caption(data: Entity) -> str:
    """The words of a post; none where it has none. Raises WrongRecord where they were not captured."""
    if "caption" not in data:
        raise WrongRecord("caption: not captured: open the post itself in the browser and export again")
    caption = entity(data, "caption")
    return needed_text(caption, "text", empty=True) if caption is not None else ""


def _graph_caption(data: Entity) -> str:
    if "edge_media_to_caption" not in data:
        raise WrongRecord("edge_media_to_caption: not captured: open the post itself and export again")
    edges = entities(entity(data, "edge_media_to_caption") or {}, "edges")
    return needed_text(entity(edges[0], "node") or {}, "text", empty=True) if edges else ""


# ---- Threads ----------------------------------------------------------------------------------------


def _unwanted_on_threads(data: Entity) -> str | None:
    if _about(data).get("is_post_unavailable") is True:
        return UNAVAILABLE
    owner = _owner(data)
    private = owner.get("text_post_app_is_private", owner.get("is_private"))
    return PRIVATE if private is True else None


def _threads(data: Entity, position: str) -> Post:
    code, owner = needed_id(data, "code"), _owner(data)
    handle, shared = text(owner, "username"), entity(_about(data), "share_info") or {}
    quoted, reposted = entity(shared, "quoted_post"), entity(shared, "reposted_post")
    return Post(
        platform="threads",
        post_id=code,
        text=_caption(data),
        position=position,
        published=epoch_moment(data, "taken_at"),
        author_handle=handle,
        author_platform_id=id_text(owner, "pk", "id"),
        author_name=text(owner, "full_name"),
        url=f"https://www.threads.com/@{handle}/post/{code}" if handle else None,
        reply_to=text(entity(_about(data), "reply_to_author") or {}, "username"),
        quoted=text(_owner(quoted), "username") if quoted else None,
        quoted_post=id_text(quoted, "code") if quoted else None,
        repost_of=id_text(reposted, "code") if reposted else None,
    )


def _about(data: Entity) -> Entity:
    return entity(data, "text_post_app_info") or {}


# ---- TikTok -----------------------------------------------------------------------------------------


def _unwanted_on_tiktok(data: Entity) -> str | None:
    if "liveRoomInfo" in data:
        return LIVE
    if data.get("isAd") is True:
        return ADVERTISEMENT
    author = entity(data, "author") or {}
    hidden = (
        data.get("privateItem"),
        data.get("forFriend"),
        data.get("secret"),
        author.get("privateAccount"),
    )
    return PRIVATE if True in hidden else None


def _tiktok(data: Entity, position: str) -> Post:
    """A film or a series of pictures; a duet quotes the film beside which it plays."""
    video, author = needed_id(data, "id"), entity(data, "author")
    if author is not None:
        handle, name = text(author, "uniqueId"), text(author, "nickname")
        author_id = id_text(author, "id")
    else:
        handle, name, author_id = text(data, "author"), text(data, "nickname"), id_text(data, "authorId")
    kind = "photo" if entity(data, "imagePost") is not None else "video"
    duet = id_text(entity(data, "duetInfo") or {}, "duetFromId")
    return Post(
        platform="tiktok",
        post_id=video,
        text=needed_text(data, "desc", empty=True),
        position=position,
        published=epoch_moment(data, "createTime"),
        author_handle=handle,
        author_platform_id=author_id,
        author_name=name,
        url=f"https://www.tiktok.com/@{handle}/{kind}/{video}" if handle else None,
        lang=_language(data),
        quoted_post=duet if duet != "0" else None,
    )


def _language(data: Entity) -> str | None:
    """TikTok writes `un` where it does not know."""
    stated = text(data, "textLanguage")
    return stated if stated and stated != "un" and len(stated) <= 35 else None


ZEESCHUIMER: tuple[ZeeschuimerFormat, ...] = (
    ZeeschuimerFormat(
        "zeeschuimer-instagram-1", frozenset({"instagram.com"}), _unwanted_on_instagram, _instagram
    ),
    ZeeschuimerFormat("zeeschuimer-tiktok-1", frozenset({"tiktok.com"}), _unwanted_on_tiktok, _tiktok),
    ZeeschuimerFormat(
        "zeeschuimer-threads-1", frozenset({"threads.net", "threads.com"}), _unwanted_on_threads, _threads
    ),
)
"""One for each platform that is read; the extension knows more."""
