"""Writing a report as a site: what changed since the last one, who writes it, and the switch at the end.

A report is kept up, not only made: beside each contest's page stands a digest of what was shown of each
candidacy and the fingerprint of what it was made from, so that the next run reads and writes only what
changed.

Public: `write_report`, `ReportTally`, `ForeignFolder`, `UnreadMethod`.
"""

from analysis.outcomes.errors import UnreadMethod
from analysis.publishing.writing import ReportTally, write_report
from analysis.reports.errors import ForeignFolder

__all__ = ["ForeignFolder", "ReportTally", "UnreadMethod", "write_report"]
