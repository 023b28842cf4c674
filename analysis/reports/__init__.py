"""Reports: questions answered as frozen rows, and written as pages and data files.

Public: `write_report`, `ReportTally`, `ForeignFolder`, `UnreadMethod`.
"""

from analysis.outcomes.errors import UnreadMethod
from analysis.reports.errors import ForeignFolder
from analysis.reports.writing import ReportTally, write_report

__all__ = ["ForeignFolder", "ReportTally", "UnreadMethod", "write_report"]
