"""Options that several commands have."""

from typing import Annotated

import typer

AccountOption = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="PLATFORM:HANDLE", help="Only this account (or its number); repeatable."
    ),
]
PlatformOption = Annotated[str | None, typer.Option("--platform", help="Only accounts of this platform.")]
AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="HOST[:PORT]",
        help="A host that may be read although it is not public; also HUSTINGS_ALLOW_HOSTS, with commas.",
    ),
]
BudgetOption = Annotated[
    float | None,
    typer.Option("--budget", metavar="USD", help="Most to spend on X this month; also HUSTINGS_X_BUDGET."),
]
CollectorOption = Annotated[
    list[str] | None,
    typer.Option("--collector", help="Use this one for its platform, such as bluesky-appview."),
]
