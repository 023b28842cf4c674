"""The table of a chart as CSV, with the values behind what the page shows."""

import csv
import io

from analysis.site.charts.contract import Chart
from analysis.spreadsheets.cells import csv_cell, plain


def csv_text(chart: Chart) -> str:
    """The columns that the chart's table shows, under their keys; numbers are numbers, none is empty."""
    places = [place for place, column in enumerate(chart.columns) if column.label]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([chart.columns[place].key for place in places])
    writer.writerows([[csv_cell(plain(row[place])) for place in places] for row in chart.rows])
    return file.getvalue()
