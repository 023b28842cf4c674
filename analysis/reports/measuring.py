"""How right the method is whose readings are shown, where people have coded statements of the archive."""

from sqlmodel import Session

from analysis.contract import KindName
from analysis.evaluation.accuracy import KindAccuracy, Measured, accuracy_of
from analysis.outcomes.backing import Accuracy
from analysis.outcomes.methods import ReadMethod
from analysis.reports.rows import AccuracyRow


def measured_of(session: Session, method: ReadMethod | None) -> Measured | None:
    """What hand codes say of a method; None where nobody has coded what it has read."""
    return accuracy_of(session, method.method) if method is not None else None


def accuracy_rows(measured: Measured | None) -> list[AccuracyRow]:
    """A row a kind about which something is known."""
    return [_row(measured, one) for one in measured.kinds] if measured else []


def _row(measured: Measured, one: KindAccuracy) -> AccuracyRow:
    counts, precision, recall, f1 = one.counts, one.precision, one.recall, one.f1
    return AccuracyRow(
        method=one.method,
        kind=one.kind,
        coded=one.n,
        there=counts.both + counts.missed,
        found=counts.both + counts.found_only,
        precision=precision.value if precision else None,
        precision_low=precision.low if precision else None,
        precision_high=precision.high if precision else None,
        recall=recall.value if recall else None,
        recall_low=recall.low if recall else None,
        recall_high=recall.high if recall else None,
        f1=f1.value if f1 else None,
        f1_low=f1.low if f1 else None,
        f1_high=f1.high if f1 else None,
        weighted=one.weighted,
        sample=measured.sample,
        reference=measured.reference,
    )


def recall_of_concessions(measured: Measured | None) -> list[Accuracy]:
    """The recall that stands beside "none found"; [] where it was not measured."""
    row = measured.of(KindName.CONCESSION) if measured else None
    if measured is None or row is None or row.recall is None:
        return []
    return [
        Accuracy(
            method=measured.method,
            kind=KindName.CONCESSION,
            recall=row.recall.value,
            low=row.recall.low,
            high=row.recall.high,
            n=row.counts.both + row.counts.missed,
            source=f"hand codes of {measured.sample or 'this archive'}",
        )
    ]
