"""Agreement, accuracy and shares with intervals: pure functions on numbers, each with its source.

Public: `alpha`, `alpha_interval`, `observed_agreement`, `cohen_kappa` (agreement of coders); `wilson`,
`Estimate` (shares); `Counts`, `counts_of`, `f1_interval`, `confusion_of` (accuracy); `Stratum`,
`hand_share`, `corrected_share`, `weighted_accuracy` (a frame, by a sample from it). What is not defined
(alpha without variation, precision without anything found) is None, never 0, 1 or nan.
"""

from analysis.statistics.accuracy import Counts, confusion_of, counts_of, f1_interval
from analysis.statistics.agreement import alpha, alpha_interval, cohen_kappa, observed_agreement
from analysis.statistics.intervals import LEVEL, Estimate, Interval, wilson
from analysis.statistics.prevalence import (
    Accuracy,
    Stratum,
    corrected_share,
    hand_share,
    machine_share,
    weighted_accuracy,
)

__all__ = [
    "LEVEL",
    "Accuracy",
    "Counts",
    "Estimate",
    "Interval",
    "Stratum",
    "alpha",
    "alpha_interval",
    "cohen_kappa",
    "confusion_of",
    "corrected_share",
    "counts_of",
    "f1_interval",
    "hand_share",
    "machine_share",
    "observed_agreement",
    "weighted_accuracy",
    "wilson",
]
