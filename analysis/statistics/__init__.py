"""Agreement, accuracy, shares, means and comparisons with intervals: pure functions, each with its source.

Public, by module: `agreement` (of coders), `accuracy`, `prevalence` (a frame, by a sample from it),
`intervals` (`wilson`), `clusters` and `means` (candidates as clusters of statements: means, medians, shares,
rates, their differences), `replicates` (many of these at once), `effects` (sizes), `permutation` (p-values),
`families` (adjusted together), `suppression` (small groups). What is not defined (alpha without variation,
precision without anything found, a mean of one candidate) is None, never 0, 1 or nan. Every figure with
chance in it takes a seed.
"""

from analysis.statistics.accuracy import Counts, confusion_of, counts_of, f1_interval
from analysis.statistics.agreement import alpha, alpha_interval, cohen_kappa, observed_agreement
from analysis.statistics.clusters import Clusters, clusters_of
from analysis.statistics.effects import Part, cliffs_delta, hedges_g, risk_difference, risk_ratio, superiority
from analysis.statistics.families import Family, Member
from analysis.statistics.intervals import LEVEL, Estimate, Interval, wilson
from analysis.statistics.means import (
    mean,
    mean_difference,
    median,
    median_difference,
    none_seen,
    paired_difference,
    pooled_mean,
    rate,
    rate_ratio,
    share,
)
from analysis.statistics.permutation import permutation_p, sign_flip_p
from analysis.statistics.prevalence import (
    Accuracy,
    Stratum,
    corrected_share,
    hand_share,
    machine_share,
    weighted_accuracy,
)
from analysis.statistics.suppression import LEAST_CANDIDATES, LEAST_POSTS, Figure, Suppressed, figure, too_few

__all__ = [
    "LEAST_CANDIDATES",
    "LEAST_POSTS",
    "LEVEL",
    "Accuracy",
    "Clusters",
    "Counts",
    "Estimate",
    "Family",
    "Figure",
    "Interval",
    "Member",
    "Part",
    "Stratum",
    "Suppressed",
    "alpha",
    "alpha_interval",
    "cliffs_delta",
    "clusters_of",
    "cohen_kappa",
    "confusion_of",
    "corrected_share",
    "counts_of",
    "f1_interval",
    "figure",
    "hand_share",
    "hedges_g",
    "machine_share",
    "mean",
    "mean_difference",
    "median",
    "median_difference",
    "none_seen",
    "observed_agreement",
    "paired_difference",
    "permutation_p",
    "pooled_mean",
    "rate",
    "rate_ratio",
    "risk_difference",
    "risk_ratio",
    "share",
    "sign_flip_p",
    "superiority",
    "too_few",
    "weighted_accuracy",
    "wilson",
]
