"""The type of a JSON object inside the stand-in."""

from typing import Any, TypeAlias

# Any, because these are wire objects: Stripe's document and the contract checks describe them,
# and a second description in Python types would only drift from it.
Json: TypeAlias = dict[str, Any]
