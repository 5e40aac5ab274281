"""Products: what a price is for."""

from typing import Final

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import (
    EXPAND,
    Address,
    Flag,
    Group,
    ListOf,
    Metadata,
    ParamRule,
    Text,
    list_params,
    merged_metadata,
)

_FIELDS: Final[dict[str, ParamRule]] = {
    **EXPAND,
    "active": Flag(),
    "description": Text(may_be_empty=True),
    "images": ListOf(Address(), max_items=8),
    "metadata": Metadata(),
    "name": Text(),
}
CREATE = Group(_FIELDS, required=("name",))
UPDATE = Group(_FIELDS)
LIST = list_params(active=Flag())


def create(box: Box, params: Json) -> Json:
    """Make a product."""
    product: Json = {
        "id": box.new_id("prod_", 14),
        "object": "product",
        "active": params.get("active", True),
        "created": box.now(),
        "default_price": None,
        "description": params.get("description") or None,
        "images": params.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "name": params["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": box.now(),
        "url": None,
    }
    box.save(product)
    box.tell("product.created", product)
    return product


def retrieve(box: Box, product_id: str) -> Json:
    """Return the product."""
    return box.get("product", product_id)


def update(box: Box, params: Json, product_id: str) -> Json:
    """Change the given fields."""
    product = retrieve(box, product_id)
    product.update({name: params[name] for name in ("active", "description", "images", "name") if name in params})
    product["metadata"] = merged_metadata(product["metadata"], params.get("metadata", {}))
    product["updated"] = box.now()
    box.save(product)
    box.tell("product.updated", product)
    return product


def list_all(box: Box, params: Json) -> Json:
    """List products, newest first."""
    return page_of(box, "product", params, url="/v1/products", filters=("active",))
