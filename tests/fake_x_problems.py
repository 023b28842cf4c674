"""How X's API v2 says no: its problems in their published shapes."""

from typing import Any

from loopback import Answer, json_answer
from world import WorldAccount

from db.words import State

PROBLEM = "https://api.twitter.com/2/problems/"
Entry = dict[str, Any]


def usage_capped(status: int = 429) -> Answer:
    """The end of what a month allows."""
    return json_answer(
        {
            "account_id": 1850000000000000001,
            "product_name": "pay-per-use",
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": f"{PROBLEM}usage-capped",
        },
        status,
    )


def credits_depleted() -> Answer:
    """Nothing left of what was paid for."""
    detail = "Your enrolled account [1850000000000000001] does not have any credits to fulfill this request."
    return json_answer({"title": "CreditsDepleted", "detail": detail, "type": f"{PROBLEM}credits"}, 402)


def client_forbidden() -> Answer:
    """An app that may not read this."""
    return json_answer(
        {
            "client_id": "12345678",
            "detail": "When authenticating requests to the X API v2 endpoints, you must use keys and tokens"
            " from an App that is attached to a Project.",
            "reason": "client-not-enrolled",
            "required_enrollment": "Appropriate Level of API Access",
            "title": "Client Forbidden",
            "type": f"{PROBLEM}client-forbidden",
        },
        403,
    )


def hidden(account: WorldAccount, parameter: str, value: str) -> Entry | None:
    """The problem with an account that shows nothing; None for any other."""
    match account.state:
        case State.SUSPENDED:
            return _problem(
                "resource-not-found", "Forbidden", f"User has been suspended: [{value}].", parameter, value
            )
        case State.PROTECTED | State.BLOCKED:
            detail = f"Sorry, you are not authorized to see the user with {parameter}: [{value}]."
            return _problem("not-authorized-for-resource", "Authorization Error", detail, parameter, value)
        case State.DELETED | State.DEACTIVATED | State.NOT_FOUND:
            return not_found("user", parameter, value)
    return None


def not_found(what: str, parameter: str, value: str) -> Entry:
    """A `tweet` or `user` that is not there."""
    detail = f"Could not find {what} with {parameter}: [{value}]."
    return _problem("resource-not-found", "Not Found Error", detail, parameter, value, what)


def _problem(kind: str, title: str, detail: str, parameter: str, value: str, what: str = "user") -> Entry:
    return {
        "value": value,
        "detail": detail,
        "title": title,
        "resource_type": what,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{PROBLEM}{kind}",
    }


def bad(parameter: str, value: str, message: str) -> Answer:
    """400 for one parameter."""
    return json_answer(
        {
            "errors": [{"parameters": {parameter: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{PROBLEM}invalid-request",
        },
        400,
    )
