"""One chart of each kind from invented rows, and a page that holds them."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.site import charts, stylesheet
from analysis.site.charts import Chart
from analysis.site.charts.assets import SCRIPTS, STYLES, write_assets

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'"
)
PARTIES = ("Labour", "Conservative", "Lib Dem", "Reform UK", "Green", "SNP", "Plaid Cymru", "Independent")
TONES = ("negative", "mixed", "neutral", "positive", "unclear", "unscored")
DECLARED = datetime(2024, 7, 5, 3, 21, tzinfo=UTC)
CLOSED = datetime(2024, 7, 4, 21, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def matrix(names: tuple[str, ...] = PARTIES) -> Chart | None:
    """Parties on parties, with small cells among them."""
    dice = random.Random(6)
    rows = []
    for author in names:
        for target in names:
            count = int(dice.paretovariate(0.8) * 6) if author != target else dice.randint(80, 900)
            mean = dice.uniform(0.1, 0.7) if author == target else dice.uniform(-0.75, 0.2)
            rows.append(charts.Speaks(author, target, count, int(count * 0.9), mean, max(1, count // 5)))
    return charts.who_whom(rows)


def timeline() -> Chart | None:
    """Two days before to three days after, with a peak at the declaration."""
    dice = random.Random(7)
    rows = []
    for hour in range(-48, 72):
        height = 400 / (1 + abs(hour) / 3) + 12 * dice.random()
        for tone, share in zip(TONES, (0.2, 0.06, 0.3, 0.34, 0.07, 0.03), strict=True):
            rows.append(charts.HourCount(hour, tone, int(height * share)))
    return charts.timeline(rows)


def sentiment() -> Chart | None:
    """Means of an hour each, with hours in the middle where too little was said."""
    dice = random.Random(8)
    rows = []
    for hour in range(-24, 36):
        few = hour in {-17, -9, -8, 20, 22} or hour > 31
        mean = 0.05 + 0.3 / (1 + abs(hour - 1) / 3) + dice.uniform(-0.05, 0.05)
        half = 0.05 + dice.uniform(0, 0.05)
        rows.append(
            charts.HourMean(
                hour, mean, mean - half, mean + half, 6 if few else 90 + abs(hour), 4 if few else 31
            )
        )
    return charts.sentiment_by_hour(rows)


def outcomes() -> Chart | None:
    """Winners and losers by margin, one of them too few."""
    return charts.tone_by_outcome(
        [
            charts.OutcomeTone("Won", "by under 5 points", 0.31, 0.22, 0.40, 1_412, 88),
            charts.OutcomeTone("Won", "by 5 to 15 points", 0.27, 0.20, 0.33, 2_230, 170),
            charts.OutcomeTone("Won", "by 15 points or more", 0.24, 0.19, 0.29, 4_105, 301),
            charts.OutcomeTone("Lost", "by under 5 points", 0.02, -0.09, 0.13, 620, 71),
            charts.OutcomeTone("Lost", "by 5 to 15 points", -0.06, -0.13, 0.02, 1_530, 190),
            charts.OutcomeTone("Lost", "by 15 points or more", 0.05, 0.01, 0.09, 6_204, 902),
            charts.OutcomeTone("Stood down", "not on the ballot", 0.4, 0.1, 0.6, 7, 3),
        ]
    )


def concessions() -> Chart | None:
    """Every status, in parties of every size."""
    dice = random.Random(9)
    rows = []
    for size, party in zip((190, 510, 560, 600, 570, 48, 29, 3), PARTIES, strict=True):
        left = size
        for status in ("strong", "weak", "refused", "refused_then_conceded", "none_found"):
            count = min(left, int(size * dice.uniform(0, 0.3)))
            rows.append(charts.StatusCount(party, status, count))
            left -= count
        rows.append(charts.StatusCount(party, "not_collected", left))
    return charts.concession_status(rows)


def votes() -> Chart | None:
    """A contest of seven, one of whose votes are not known."""
    return charts.votes(
        [
            charts.Vote("Ada Thornbury", "Labour Party", 18_204, 0.412, True),
            charts.Vote("Bernard Quill", "Conservative and Unionist Party", 14_009, 0.317, False),
            charts.Vote("Cerys Maddox-Featherstonehaugh", "Liberal Democrats", 6_120, 0.139, False),
            charts.Vote("Dev Anand", "Green Party", 3_310, 0.075, False),
            charts.Vote("Effie Rowan", "Reform UK", 2_204, 0.050, False),
            charts.Vote("Frank Ode", "Independent", 310, 0.007, False),
            charts.Vote("Gil Marsh", "Workers Party of Britain", None, None, False),
        ],
        country="GB",
    )


def said(number: int = 90) -> Chart | None:
    """Statements of five candidates round a declaration."""
    dice = random.Random(10)
    names = ("Ada Thornbury", "Bernard Quill", "Cerys Maddox-Featherstonehaugh", "Dev Anand", "Effie Rowan")
    rows = [
        charts.Said(
            dice.choice(names),
            DECLARED + timedelta(minutes=dice.gauss(120, 900)),
            dice.choice(TONES),
            dice.choice(((), ("thanks",), ("victory", "thanks"), ("accusation",))),
        )
        for _ in range(number)
    ]
    rows.append(charts.Said("Ada Thornbury", None, "neutral"))
    return charts.statements(rows, zone=LONDON, declared_at=DECLARED, polls_closed_at=CLOSED)


def rates() -> Chart | None:
    """Six kinds before and after, for winners and losers."""
    dice = random.Random(11)
    rows = []
    for kind in ("thanks", "victory", "concession", "accusation", "congratulation", "pledge"):
        for group in ("Won, before", "Won, after", "Lost, before", "Lost, after"):
            rate = dice.uniform(0.02, 0.9)
            count = int(rate * 300) if rate > 0.12 else 4
            rows.append(charts.KindRate(kind, group, rate, rate * 0.8, rate * 1.2, count, 60, 900))
    return charts.kind_rates(rows)


def all_charts() -> list[Chart]:
    """One of each kind."""
    made = (matrix(), timeline(), sentiment(), outcomes(), concessions(), votes(), said(), rates())
    return [one for one in made if one is not None]


def page_of(shown: list[Chart]) -> str:
    """A page as the site's pages are, with nothing but charts."""
    environment = Environment(
        loader=PackageLoader("analysis.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(_PAGE).render(charts=shown, policy=POLICY, scripts=SCRIPTS, styles=STYLES)


def write_page(folder: Path, shown: list[Chart], name: str = "index.html") -> Path:
    """The page with its assets in a folder, ready for a browser."""
    if not (folder / "assets").exists():
        write_assets(folder / "assets")
        (folder / "style.css").write_text(stylesheet(), encoding="utf-8")
    path = folder / name
    path.write_text(page_of(shown), encoding="utf-8")
    return path


_PAGE = """{% from "chart.html" import chart %}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Charts</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
{% for name in styles %}
<link rel="stylesheet" href="assets/{{ name }}">
{% endfor %}
{% for name in scripts %}
<script src="assets/{{ name }}" defer></script>
{% endfor %}
</head>
<body>
<main>
<h1>Charts</h1>
<h2>All</h2>
{% for one in charts %}
{{ chart(one) }}
{% endfor %}
</main>
</body>
</html>
"""
