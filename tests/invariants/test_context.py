"""The world outside is handed down as one context: a function takes one part of it, or the whole."""

import ast

from tests.support.tree import name_of, sources, tree_of

PARTS = frozenset({"account", "clock", "endpoints", "mailer", "payments", "public_url"})


def test_no_function_is_handed_several_parts_of_the_context() -> None:
    offenders = {
        f"{name_of(file)}:{function.name}"
        for file in sources("campaign/services", "campaign/jobs", "campaign/blueprints", "campaign/cli")
        for function in ast.walk(tree_of(file))
        if isinstance(function, ast.FunctionDef)
        and len({argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)} & PARTS) > 1
    }
    assert offenders == set()
