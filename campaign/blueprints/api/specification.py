"""The API's description, by OpenAPI 3.1: what a test holds every answer against."""

from typing import Any

from campaign.domain.target_state import TargetState

Schema = dict[str, Any]  # Any: a schema nests without end

TEXT: Schema = {"type": "string"}
MINOR: Schema = {"type": "integer", "description": "An amount in minor units of the currency beside it."}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
TEXTS: Schema = {
    "type": "object",
    "description": "A text per language; one that is not written yet is left out.",
    "propertyNames": {"pattern": "^[a-z]{2,3}$"},
    "additionalProperties": TEXT,
}


def _object(required: Schema, **optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


FIGURES = _object(
    {
        "currency": CURRENCY,
        **{f"{name}_minor": MINOR for name in ("given", "raised", "fees", "received", "passed_on", "spent", "left")},
    }
)
PURSE = _object(
    {"code": TEXT, "kind": TEXT, "title": TEXTS, "goal_minor": MINOR, "figures": _list(FIGURES)},
    id=TEXT,
    status=TEXT,
    state={"enum": list(TargetState), "description": "What staff did with it last, and what the day makes of that."},
    starts_on=DAY,
    ends_on={"type": ["string", "null"], "format": "date"},
)
PROGRESS = _object(
    {
        "campaign": TEXT,
        "is_demo": {"type": "boolean"},
        "currency": CURRENCY,
        "goal_minor": MINOR,
        "raised_minor": MINOR,
        "pending_minor": MINOR,
        "donations": COUNT,
        "donors": COUNT
        | {
            "description": "Gifts given once, and monthly gifts, each counted once. Gifts of one donor are not put "
            "together, so that the number tells nothing about an address."
        },
        "percent": COUNT,
        "by_fund": _list(_object({"fund": TEXT, "title": TEXTS, "goal_minor": MINOR, "raised_minor": MINOR})),
        "by_currency": _list(_object({"currency": CURRENCY, "given_minor": MINOR, "on_the_way_minor": MINOR})),
        "as_of": MOMENT,
    }
)
MILESTONE = _object(
    {"amount_minor": MINOR, "title": TEXTS, "body": TEXTS, "state": {"enum": ["reached", "next", "later"]}}
)
PICTURE = _object(
    {
        "alt": TEXTS,
        "is_decorative": {"type": "boolean"},
        "credit": TEXT,
        "width": COUNT,
        "height": COUNT,
        "files": _list(_object({"width": COUNT, "type": TEXT, "path": TEXT})),
    }
)
CAMPAIGN = _object(
    {
        "campaign": TEXT,
        "name": TEXTS,
        "title": TEXTS,
        "summary": TEXTS,
        "kicker": TEXTS,
        "currency": CURRENCY,
        "currencies": _list(CURRENCY),
        "goal_minor": MINOR,
        "starts_on": DAY,
        "ends_on": DAY,
        "state": {"enum": ["scheduled", "open", "ended", "archived"]},
        "contact_email": TEXT,
        "is_demo": {"type": "boolean"},
        "milestones": _list(MILESTONE),
        "progress": {"$ref": "#/components/schemas/Progress"},
    },
    picture=PICTURE,
)
ALLOCATIONS = _object(
    {
        "campaign": TEXT,
        "is_demo": {"type": "boolean"},
        "currency": CURRENCY,
        "totals": _list(FIGURES),
        "purposes": _list(PURSE),
        "targets": _list(PURSE),
        "as_of": MOMENT,
    }
)
UPDATE = _object({"id": TEXT, "published_on": DAY, "title": TEXTS, "body": TEXTS, "author": TEXTS}, picture=PICTURE)
UPDATES = _object({"campaign": TEXT, "is_demo": {"type": "boolean"}, "updates": _list(UPDATE)})


def _path(summary: str, schema: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {
        "get": {
            "operationId": schema.lower(),
            "summary": summary,
            "parameters": [{"name": "slug", "in": "path", "required": True, "schema": TEXT}],
            "responses": {
                "200": {"description": summary, "content": content},
                "304": {"description": "Unchanged since the ETag that was sent."},
                "404": {"description": "There is no such campaign."},
            },
        }
    }


SPECIFICATION: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Public figures of a campaign",
        "version": "1",
        "description": "Amounts are integers of minor units. Currencies are never added. No key is needed.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/api/v1"}],
    "paths": {
        "/campaigns/{slug}": _path("What the campaign is, and how far it has come", "Campaign"),
        "/campaigns/{slug}/progress": _path("How far the campaign has come", "Progress"),
        "/campaigns/{slug}/allocations": _path("Where the money is", "Allocations"),
        "/campaigns/{slug}/updates": _path("News, the latest first", "Updates"),
    },
    "components": {
        "schemas": {
            "Campaign": CAMPAIGN,
            "Progress": PROGRESS,
            "Allocations": ALLOCATIONS,
            "Updates": UPDATES,
        }
    },
}
