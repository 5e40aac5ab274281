"""Stripe's lists: newest first, a page at a time, with cursors and limits on ``created``."""

from collections.abc import Sequence

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused, no_such
from campaign.sandbox.core.json_types import Json

_MOMENTS = {"created": "created", "arrival_date": "json_extract(body, '$.arrival_date')"}
_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def as_list(items: Sequence[Json], url: str, *, has_more: bool = False) -> Json:
    """Return the envelope around a page of objects."""
    return {"object": "list", "data": list(items), "has_more": has_more, "url": url}


def page_of(
    box: Box,
    kind: str,
    params: Json,
    *,
    url: str,
    filters: Sequence[str] = (),
    where: Sequence[tuple[str, tuple[object, ...]]] = (),
) -> Json:
    """Return one page of a kind.

    Args:
        filters: Parameters named as the fields that they compare.
        where: Raw conditions.
    """
    conditions: list[tuple[str, tuple[object, ...]]] = [("kind = ?", (kind,)), *where]
    given = [name for name in filters if name in params]
    conditions.extend((f"json_extract(body, '$.{name}') = ?", (params[name],)) for name in given)
    for name, field in _MOMENTS.items():
        limits = params.get(name, {}).items()
        conditions.extend((f"{field} {_OPERATORS[operator]} ?", (moment,)) for operator, moment in limits)
    backwards = "ending_before" in params
    if backwards and "starting_after" in params:
        raise Refused("You cannot use both `starting_after` and `ending_before`.")
    for name, operator in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            conditions.append((f"seq {operator} ?", (_cursor(box, kind, params[name], name),)))
    return _page(box, conditions, url=url, limit=params.get("limit", 10), backwards=backwards)


def _page(
    box: Box,
    conditions: list[tuple[str, tuple[object, ...]]],
    *,
    url: str,
    limit: int,
    backwards: bool,
) -> Json:
    clause = " AND ".join(sql for sql, _ in conditions)
    values = [value for _, some in conditions for value in some]
    order = "ASC" if backwards else "DESC"
    rows = box.store.rows(
        f"SELECT id FROM objects WHERE {clause} ORDER BY seq {order} LIMIT ?",  # noqa: S608
        [*values, limit + 1],
    )
    ids = [row["id"] for row in rows[:limit]]
    items = [item for one in (ids[::-1] if backwards else ids) if (item := box.store.find(one))]
    return as_list(items, url, has_more=len(rows) > limit)


def _cursor(box: Box, kind: str, object_id: str, param: str) -> int:
    rows = box.store.rows("SELECT seq FROM objects WHERE id = ? AND kind = ?", (object_id, kind))
    if not rows:
        raise no_such(kind, object_id, param=param)
    return int(rows[0]["seq"])
