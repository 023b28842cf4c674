"""An archive in a browser: Datasette, with our views, questions and words about every column."""

from db.browsing.metadata import metadata_of
from db.browsing.serving import BrowsingRefused, Place, browse, check_place

__all__ = ["BrowsingRefused", "Place", "browse", "check_place", "metadata_of"]
