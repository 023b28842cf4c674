"""Which record formats are known: the first that recognises most of a file's first records reads it."""

from archive.contract import RecordFormat
from archive.importers.records.congresstweets import CongressTweets
from archive.importers.records.exported import CSV_STATEMENTS, CSV_VERSIONS, JSON_STATEMENTS, JSON_VERSIONS
from archive.importers.records.mastodon_outbox import MastodonOutbox
from archive.importers.records.twarc_v1 import TwarcV1
from archive.importers.records.twarc_v2 import TwarcV2Flattened, TwarcV2Pages
from archive.importers.records.x_archive import XArchive, XArchiveNotes
from archive.importers.records.zeeschuimer import ZEESCHUIMER
from archive.importers.records.zeeschuimer_x import ZeeschuimerX

RECORD_FORMATS: dict[str, RecordFormat] = {
    "hustings-statements": JSON_STATEMENTS,
    "hustings-versions": JSON_VERSIONS,
    "twarc-v1": TwarcV1(),
    "twarc-v2": TwarcV2Pages(),
    "twarc-v2-flat": TwarcV2Flattened(),
    "x-archive": XArchive(),
    "x-archive-note": XArchiveNotes(),
    "congresstweets": CongressTweets(),
    "zeeschuimer-x": ZeeschuimerX(),
    **{one.name.rpartition("-")[0]: one for one in ZEESCHUIMER},
    "mastodon-outbox": MastodonOutbox(),
}
"""Name, as `--format` takes it -> what reads one JSON record (NDJSON, arrays, documents with one array)."""

ROW_FORMATS: dict[str, RecordFormat] = {
    "hustings-statements": CSV_STATEMENTS,
    "hustings-versions": CSV_VERSIONS,
}
"""The same for the rows of a CSV: column -> text, None where it is empty."""
