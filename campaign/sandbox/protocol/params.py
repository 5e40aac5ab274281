"""A small grammar of request parameters that refuses what Stripe would refuse, in the same words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.form_bodies import Tree

_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[A-Za-z0-9-]{2,}")
_URL = re.compile(r"https?://[^\s/?#]+([/?#]\S*)?")


class ParamRule(Protocol):
    """The rule for the value of one parameter."""

    def read(self, value: "str | Tree", param: str) -> Any:  # Any: a rule decides its own type
        """Return the value in Python.

        Raises:
            Refused: the value breaks the rule; it names `param`.
        """


def _string(value: "str | Tree", param: str) -> str:
    if not isinstance(value, str):
        raise Refused(f"Invalid string: {sorted(value)}", param=param)
    return value


def _nonempty(value: "str | Tree", param: str) -> str:
    text = _string(value, param)
    if text == "":
        raise Refused(
            f"You passed an empty string for '{param}'. We assume empty values are an attempt to"
            f" unset a parameter; however '{param}' cannot be unset. You should remove '{param}'"
            " from your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=param,
        )
    return text


@dataclass(frozen=True, slots=True)
class Text:
    """A string with a maximum length."""

    max_length: int = 5000
    may_be_empty: bool = False

    def read(self, value: "str | Tree", param: str) -> str:
        """Return the string."""
        text = _string(value, param) if self.may_be_empty else _nonempty(value, param)
        if len(text) > self.max_length:
            raise Refused(
                f"Invalid string: {text[:20]}...{text[-8:]}; must be at most {self.max_length} characters",
                param=param,
            )
        return text


@dataclass(frozen=True, slots=True)
class Address:
    """An email address or a web address."""

    email: bool = False

    def read(self, value: "str | Tree", param: str) -> str:
        """Return the address."""
        text = _nonempty(value, param)
        if self.email and (len(text) > 512 or not _EMAIL.fullmatch(text)):
            raise Refused(f"Invalid email address: {text}", code="email_invalid", param=param)
        if not self.email and not _URL.fullmatch(text):
            raise Refused("Not a valid URL", code="url_invalid", param=param)
        return text


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer within limits; a fraction is refused, not rounded."""

    minimum: int = 0
    maximum: int = 10**12

    def read(self, value: "str | Tree", param: str) -> int:
        """Return the number."""
        text = _nonempty(value, param)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise Refused(f"Invalid integer: {text}", code="parameter_invalid_integer", param=param)
        number = int(text)
        if number < self.minimum:
            raise Refused(
                f"This value must be greater than or equal to {self.minimum}.",
                code="parameter_invalid_integer",
                param=param,
            )
        if number > self.maximum:
            raise Refused(
                f"This value must be less than or equal to {self.maximum}.",
                code="parameter_invalid_integer",
                param=param,
            )
        return number


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    def read(self, value: "str | Tree", param: str) -> bool:
        """Return the truth value."""
        text = _nonempty(value, param)
        if text not in {"true", "false"}:
            raise Refused(f"Invalid boolean: {text}", param=param)
        return text == "true"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a fixed set of words."""

    values: tuple[str, ...]

    def read(self, value: "str | Tree", param: str) -> str:
        """Return the word."""
        text = _nonempty(value, param)
        if text not in self.values:
            name = param.rstrip("]").split("[")[-1]
            words = ", ".join(self.values[:-1])
            listed = f"{words}, or {self.values[-1]}" if words else self.values[-1]
            raise Refused(f"Invalid {name}: must be one of {listed}", param=param)
        return text


@dataclass(frozen=True, slots=True)
class Metadata:
    """At most 50 pairs of strings, keys of 40 and values of 500 characters; an empty value unsets."""

    def read(self, value: "str | Tree", param: str) -> dict[str, str]:
        """Return the pairs; the caller merges and unsets."""
        if value == "":
            return {}
        if isinstance(value, str):
            raise Refused("Invalid object", param=param)
        pairs: dict[str, str] = {}
        for key, text in value.items():
            pairs[key] = _metadata_value(key, text, param)
        if len(pairs) > 50:
            raise Refused("You can specify up to 50 keys in the metadata hash.", param=param)
        return pairs


def _metadata_value(key: str, value: "str | Tree", param: str) -> str:
    if not isinstance(value, str):
        raise Refused(f"Invalid metadata value for {key}: must be a string", param=f"{param}[{key}]")
    if len(key) > 40:
        raise Refused(
            f"Metadata keys must be 40 characters or less, but {key[:10]}... is {len(key)}.",
            param=param,
        )
    if len(value) > 500:
        raise Refused(
            f"Metadata values can have up to 500 characters, but you passed in a value that is"
            f" {len(value)} characters. Invalid value: {value[:20]}...",
            param=f"{param}[{key}]",
        )
    return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several values of one rule."""

    rule: ParamRule
    max_items: int = 100

    def read(self, value: "str | Tree", param: str) -> list[Any]:
        """Return the values in the order of their numbers."""
        if isinstance(value, str) or not all(key.isdecimal() for key in value):
            raise Refused("Invalid array", param=param)
        if len(value) > self.max_items:
            raise Refused(f"Array too long: at most {self.max_items} items", param=param)
        numbers = sorted(value, key=int)
        return [self.rule.read(value[number], f"{param}[{number}]") for number in numbers]


@dataclass(frozen=True, slots=True)
class Group:
    """An object with named fields; any other name is refused."""

    fields: Mapping[str, ParamRule] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def read(self, value: "str | Tree", param: str) -> Json:
        """Return the object with every field read."""
        if isinstance(value, str):
            raise Refused("Invalid object", param=param)
        for name in value:
            if name not in self.fields:
                raise Refused(
                    f"Received unknown parameter: {_inside(param, name)}",
                    code="parameter_unknown",
                    param=_inside(param, name),
                )
        for name in self.required:
            if name not in value:
                raise _missing(_inside(param, name))
        return {name: self.fields[name].read(below, _inside(param, name)) for name, below in value.items()}


@dataclass(frozen=True, slots=True)
class EmptyOr:
    """A value of a rule, or an empty string that unsets it."""

    rule: ParamRule

    def read(self, value: "str | Tree", param: str) -> Any:  # Any: the rule's own type, or None
        """Return the value, or None."""
        return None if value == "" else self.rule.read(value, param)


def _inside(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name


def _missing(param: str) -> Refused:
    return Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def read_params(group: Group, tree: Tree) -> Json:
    """Return all parameters of a request, or raise the refusal of the first wrong one."""
    return group.read(tree, "")


def require(params: Json, *names: str) -> None:
    """Refuse a request that lacks one of these top-level parameters."""
    for name in names:
        if name not in params:
            raise _missing(name)


def merged_metadata(old: Json, new: Json) -> Json:
    """Merge as Stripe does: given keys replace, an empty value removes, the rest stays."""
    return {key: value for key, value in {**old, **new}.items() if value != ""}


_RANGE = Group({name: Whole() for name in ("gt", "gte", "lt", "lte")})


@dataclass(frozen=True, slots=True)
class Created:
    """A time, or an object of limits around it."""

    def read(self, value: "str | Tree", param: str) -> dict[str, int]:
        """Return the limits; a plain time is both of them."""
        if isinstance(value, str):
            moment = Whole().read(value, param)
            return {"gte": moment, "lte": moment}
        limits: dict[str, int] = _RANGE.read(value, param)
        return limits


EXPAND = {"expand": ListOf(Text(500))}


def list_params(**filters: ParamRule) -> Group:
    """Return the parameters that every list takes, and these filters."""
    return Group(
        {
            "limit": Whole(1, 100),
            "starting_after": Text(),
            "ending_before": Text(),
            "created": Created(),
            **EXPAND,
            **filters,
        }
    )
