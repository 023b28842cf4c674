"""Agreement, accuracy and corrected counts as tables for a terminal and as values for JSON. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from analysis.evaluation.accuracy import Confusion, KindAccuracy, Measured
from analysis.evaluation.agreeing import AgreementRow
from analysis.evaluation.correcting import Corrected
from analysis.evaluation.drawing import Tally
from analysis.statistics import LEVEL, Estimate
from db.screens import Table

NONE = "-"
LEVEL_TEXT = f"{LEVEL:.0%} intervals in brackets"


def number(value: float | None) -> str:
    """Two decimals; a dash for what is not defined."""
    return NONE if value is None else f"{value:.2f}"


def with_interval(estimate: Estimate | None, *, decimals: int = 2) -> str:
    """A figure and its interval."""
    if estimate is None:
        return NONE
    return f"{estimate.value:.{decimals}f} [{estimate.low:.{decimals}f}, {estimate.high:.{decimals}f}]"


def per_cent(estimate: Estimate | None) -> str:
    """A share in per cent, with its interval."""
    return with_interval(estimate.times(100), decimals=1) if estimate else NONE


def agreement_table(rows: Sequence[AgreementRow]) -> Table:
    """A row a code."""
    return Table(
        header=("code", "units", "coders", "agreement", "alpha", "interval", "mark", "values"),
        rows=[
            (
                row.code,
                f"{row.units:,}",
                str(row.coders),
                NONE if row.agreement is None else f"{row.agreement:.1%}",
                number(row.alpha),
                NONE if row.low is None or row.high is None else f"[{row.low:.2f}, {row.high:.2f}]",
                f"{row.mark}{' *' if row.few else ''}",
                row.values,
            )
            for row in rows
        ],
        caption=f"* few units, or a value hardly given; {LEVEL:.0%} bootstrap interval over authors; "
        "alpha: Krippendorff's, nominal; firm from 0.80, tentative from 0.667",
        spared=("values", "coders", "agreement"),
    )


def agreement_json(rows: Sequence[AgreementRow]) -> list[dict[str, Any]]:
    """As the table, in values."""
    return [asdict(row) for row in rows]


def accuracy_table(measured: Measured) -> Table:
    """A row a kind, of one method."""
    return Table(
        header=("kind", "n", "there", "found", "precision", "recall", "F1"),
        rows=[_accuracy_row(row) for row in measured.kinds],
        caption=f"{LEVEL_TEXT}; there: by {measured.reference}",
        spared=("n", "found", "there"),
    )


def _accuracy_row(row: KindAccuracy) -> tuple[str, ...]:
    counts = row.counts
    return (
        str(row.kind),
        f"{counts.n:,}",
        f"{counts.both + counts.missed:,}",
        f"{counts.both + counts.found_only:,}",
        *(with_interval(one) for one in (row.precision, row.recall, row.f1)),
    )


def confusion_table(confusion: Confusion) -> Table:
    """Said by the coders (rows) by found (columns)."""
    said = sorted({one for one, _ in confusion.counts})
    found = sorted({other for _, other in confusion.counts})
    return Table(
        header=(confusion.code, *found),
        rows=[(one, *(str(confusion.counts.get((one, other), 0)) for other in found)) for one in said],
        caption="rows: said by the coders; columns: found",
    )


def accuracy_json(measured: Measured) -> dict[str, Any]:
    """Everything that was measured of one method."""
    return {
        "method": measured.method,
        "reference": measured.reference,
        "sample": measured.sample,
        "design": measured.design,
        "unread": measured.unread,
        "notes": list(measured.notes),
        "kinds": [
            {
                "kind": row.kind,
                "n": row.n,
                "counts": asdict(row.counts),
                "precision": _estimate(row.precision),
                "recall": _estimate(row.recall),
                "f1": _estimate(row.f1),
                "weighted": row.weighted,
            }
            for row in measured.kinds
        ],
        "confusions": [
            {
                "code": one.code,
                "cells": [
                    {"said": said, "found": found, "statements": count}
                    for (said, found), count in one.counts.items()
                ],
            }
            for one in measured.confusions
        ],
    }


def _estimate(estimate: Estimate | None) -> dict[str, float] | None:
    return asdict(estimate) if estimate else None


def corrected_table(found: Corrected) -> Table:
    """A row a group: the method's count beside the corrected one."""
    return Table(
        header=("group", "statements", "coded", "found", "found %", "by hand %", "corrected %", "corrected"),
        rows=[
            (
                row.group,
                f"{row.statements:,}",
                f"{row.coded:,}",
                f"{row.machine:,}",
                f"{row.machine_share:.1%}",
                per_cent(row.hand),
                per_cent(row.corrected),
                with_interval(row.corrected_count, decimals=0),
            )
            for row in found.rows
        ],
        caption=f"{found.kind}; {LEVEL_TEXT}; coded: by {found.reference}; found: by {found.method}",
        least={"group": 14},
        spared=("by hand %", "coded", "found %"),
    )


def corrected_json(found: Corrected) -> dict[str, Any]:
    """As the table, in values."""
    return {
        "sample": found.sample,
        "kind": found.kind,
        "method": found.method,
        "reference": found.reference,
        "undecided": found.undecided,
        "notes": list(found.notes),
        "rows": [
            {
                **asdict(row),
                "corrected_count": asdict(row.corrected_count),
            }
            for row in found.rows
        ],
    }


def drawn_table(tally: Tally) -> Table:
    """A row a stratum."""
    return Table(
        header=("stratum", "drawn", "of"),
        rows=[(name, f"{drawn:,}", f"{size:,}") for name, (drawn, size) in tally.strata.items()],
        caption=tally.frame.left_out(),
    )


def drawn_json(tally: Tally) -> dict[str, Any]:
    """What was drawn, and from what."""
    return {
        "sample": tally.name,
        "drawn": tally.drawn,
        "is_new": tally.is_new,
        "method": tally.frame.method,
        "strata": {name: {"drawn": drawn, "of": size} for name, (drawn, size) in tally.strata.items()},
        "unread": tally.frame.unread,
        "unscored": tally.frame.unscored,
        "reposts": tally.frame.reposts,
    }


def disagreement_rows(coders: Sequence[str], found: Iterable[Any]) -> list[list[str]]:
    """A row a code of a statement about which coders differ, a column a coder."""
    return [
        [one.statement, one.code, *(dict(one.values).get(coder, "") for coder in coders), one.text]
        for one in found
    ]
