"""What the columns of the tables of tone mean, besides those that other tables have too."""

TONE_MEANINGS = {
    "candidate_days": "days of covered time, added up over candidates",
    "cliffs_delta": "how much oftener a candidate's mean on the first side is above one on the other than "
    "below it, -1 to +1",
    "compared": "what is subtracted from what",
    "delta_high": "upper bound of Cliff's delta (95 %)",
    "delta_low": "lower bound of Cliff's delta (95 %)",
    "estimate": "tone: the mean over candidates, each once, of a score (-1 to +1) or of the fraction of a "
    "kind; activity: events a candidate and day; comparisons: the difference; empty where `suppressed` says "
    "why",
    "family": "name of the comparisons whose p-values are adjusted together: the whole table",
    "family_size": "comparisons of the family that could be made",
    "from_hours": "hours from the declaration with which the stretch begins, included; negative before it",
    "g_high": "upper bound of Hedges' g (95 %)",
    "g_low": "lower bound of Hedges' g (95 %)",
    "hedges_g": "difference of the candidates' means in standard deviations",
    "high": "upper bound of the estimate (95 %)",
    "low": "lower bound of the estimate (95 %)",
    "mean": "mean over candidates on the first side",
    "measure": "sentiment (whole text), toward_rivals, toward_own_party, a kind, or statements",
    "n_candidates": "candidates behind the estimate (activity: those with covered time)",
    "n_events": "statements, or statements of the kind, made in covered time",
    "n_posts": "statements behind the estimate (shares: all whose kinds are known; activity: all in covered "
    "time)",
    "other_mean": "mean over candidates on the side that is subtracted",
    "other_n_candidates": "candidates on that side",
    "other_n_posts": "statements on that side",
    "p": "how often exchanging whole candidates by chance gives as large a difference",
    "p_adjusted": "the same, adjusted in the family (Benjamini and Hochberg: false discovery rate)",
    "post_mean": "mean over all statements, whoever made them; has no interval",
    "rate": "statements a candidate and day of covered time",
    "rate_high": "upper bound of the rate (95 %)",
    "rate_low": "lower bound of the rate (95 %)",
    "rate_method": "name and version of what made the rate",
    "rate_n_candidates": "candidates with covered time in these hours",
    "rate_n_posts": "their statements in it",
    "rate_suppressed": "why there is no rate",
    "ratio": "the first side's share divided by the other's",
    "ratio_high": "upper bound of the ratio (95 %); empty: none",
    "ratio_low": "lower bound of the ratio (95 %)",
    "suppressed": "why there is no estimate: few_posts (under 10), few_candidates (under 5), no_spread (all "
    "candidates are alike)",
    "to_hours": "hours with which it ends, excluded",
}
"""Column -> its meaning, as in `reports/columns.py`."""
