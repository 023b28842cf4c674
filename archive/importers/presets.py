"""The layouts of tools' CSV files, by their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CROWDTANGLE = (
    "CrowdTangle's CSV, as `required columns` and import_formats.py of digitalmethodsinitiative/4cat list it"
)
FOURCAT = "`map_item` of datasources/{} of digitalmethodsinitiative/4cat, which writes its CSV (read 2026-11)"


@dataclass(frozen=True, slots=True)
class Preset:
    """A layout of files that we know, recognised by its columns."""

    name: str
    recognised_by: frozenset[str]
    columns: Mapping[str, str]
    platform: str | None = None
    time_zone: str | None = None
    source: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)
    """Our field -> how values are read that are not written as ours are (archive.importers.readings)."""


def _crowdtangle_facebook(name: str, *, owner: str, created: str) -> Preset:
    """Pages and groups have the name of their owner in different columns; exports until 2020, the time."""
    return Preset(
        name=name,
        recognised_by=frozenset({owner, "User Name", "Facebook Id", created, "URL", "Message"}),
        columns={
            "text": "Message",
            "id": "URL",
            "created_at": created,
            "author_handle": "User Name",
            "author_id": "Facebook Id",
            "author_name": owner,
            "url": "URL",
        },
        platform="facebook",
        source=CROWDTANGLE,
        readings={"id": "facebook-post", "created_at": "abbreviated-zone"},
    )


def _crowdtangle_instagram(name: str, *, created: str) -> Preset:
    return Preset(
        name=name,
        recognised_by=frozenset({"Account", "User Name", created, "URL", "Photo", "Description"}),
        columns={
            "text": "Description",
            "id": "URL",
            "created_at": created,
            "author_handle": "User Name",
            "author_name": "Account",
            "url": "URL",
        },
        platform="instagram",
        source=CROWDTANGLE,
        readings={"id": "instagram-code", "created_at": "abbreviated-zone"},
    )


def _fourcat(platform: str, *, recognised_by: set[str], **columns: str) -> Preset:
    """4CAT's `timestamp` is in the zone of the server that wrote it; `unix_timestamp` says when it was."""
    return Preset(
        name=f"4cat-{platform}",
        recognised_by=frozenset({"id", "thread_id", "body", "author", "unix_timestamp", *recognised_by}),
        columns={
            "text": "body",
            "id": "id",
            "created_at": "unix_timestamp",
            "author_handle": "author",
            **columns,
        },
        platform=platform,
        source=FOURCAT.format(platform),
        readings={"created_at": "seconds-since-1970"},
    )


TOOLS: tuple[Preset, ...] = (
    _fourcat(
        "tiktok", recognised_by={"tiktok_url", "author_full"}, url="tiktok_url", author_name="author_full"
    ),
    _fourcat("threads", recognised_by={"url", "link_thumbnail_url", "reposts", "quotes"}, url="url"),
    _fourcat(
        "instagram",
        recognised_by={"url", "parent_id", "num_likes", "num_media"},
        url="url",
        author_name="author_fullname",
    ),
    _crowdtangle_facebook("crowdtangle-facebook", owner="Page Name", created="Post Created"),
    _crowdtangle_facebook("crowdtangle-facebook-groups", owner="Group Name", created="Post Created"),
    _crowdtangle_facebook("crowdtangle-facebook-2019", owner="Page Name", created="Created"),
    _crowdtangle_instagram("crowdtangle-instagram", created="Post Created"),
    _crowdtangle_instagram("crowdtangle-instagram-2019", created="Created"),
)
"""What other tools write, each with its own columns: no file has those of two."""
