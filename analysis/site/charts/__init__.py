"""Charts for the site's pages, declared as data: the one door to vl-convert.

Public: the builders (`who_whom`, `timeline`, `sentiment_by_hour`, `tone_by_outcome`,
`concession_status`, `votes`, `statements`, `kind_rates`) with their rows, each giving a `Chart` or None;
`csv_text` of one. What pages share is written by `analysis.site.charts.assets`, which alone loads
vl-convert. docs/charts.md tells how pages use them.
"""

from analysis.site.charts.colours import colour_of
from analysis.site.charts.contests import Said, Vote, statements, votes
from analysis.site.charts.contract import FEWEST_CANDIDATES, FEWEST_STATEMENTS, Chart, ChartError
from analysis.site.charts.datafile import csv_text
from analysis.site.charts.hours import HourCount, HourMean, sentiment_by_hour, timeline
from analysis.site.charts.matrix import Speaks, who_whom
from analysis.site.charts.outcomes import OutcomeTone, StatusCount, concession_status, tone_by_outcome
from analysis.site.charts.rates import KindRate, kind_rates

__all__ = [
    "FEWEST_CANDIDATES",
    "FEWEST_STATEMENTS",
    "Chart",
    "ChartError",
    "HourCount",
    "HourMean",
    "KindRate",
    "OutcomeTone",
    "Said",
    "Speaks",
    "StatusCount",
    "Vote",
    "colour_of",
    "concession_status",
    "csv_text",
    "kind_rates",
    "sentiment_by_hour",
    "statements",
    "timeline",
    "tone_by_outcome",
    "votes",
    "who_whom",
]
