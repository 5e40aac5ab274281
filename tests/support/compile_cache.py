"""What every new app would compile anew, templates, statements and addresses, is compiled once a process."""

from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from werkzeug.routing import Rule

_templates: dict[object, Any] = {}
_rules: dict[object, dict[str, Any]] = {}
_engines: dict[str, Engine] = {}
COMPILED = ("_parts", "_trace", "_converters", "arguments")
BUILDERS = ("_build", "_build_unknown")
"""What Werkzeug's `Rule.compile` sets; the last are methods of the rule."""


class ThriftyEnvironment(Environment):
    """Jinja's environment, which compiles the same text of a template once, whichever app asks."""

    def compile(self, source: Any, name: str | None = None, *more: Any, **options: Any) -> Any:  # as Jinja overloads it
        """The code of a template."""
        key = source, name, more, tuple(options.items()), tuple(self.extensions)
        if key not in _templates:
            _templates[key] = super().compile(source, name, *more, **options)
        return _templates[key]


def keep_compiled() -> None:
    """From now on, for all apps of this process; what is kept is what Jinja and Werkzeug themselves have made."""
    Flask.jinja_environment = ThriftyEnvironment
    _share_rules()
    make_engine = SQLAlchemy._make_engine

    def sharing(*arguments: Any) -> Engine:
        engine = make_engine(*arguments)
        _share_statements(engine)
        return engine

    SQLAlchemy._make_engine = sharing  # type: ignore[assignment, method-assign]


def _share_rules() -> None:
    """Let an address use what an earlier one like it has compiled: nothing in that changes, nor depends on the app."""
    compile_anew = Rule.compile

    def compile_once(rule: Rule) -> None:
        assert rule.map is not None
        place = rule.host if rule.map.host_matching else rule.subdomain
        defaults = tuple((rule.defaults or {}).items())
        key = rule.rule, place, defaults, rule.merge_slashes, tuple(rule.map.converters.items())
        if key not in _rules:
            compile_anew(rule)
            builders = {name: getattr(rule, name).__func__ for name in BUILDERS}
            _rules[key] = {**{name: getattr(rule, name) for name in COMPILED}, **builders}
            return
        for name in COMPILED:
            setattr(rule, name, _rules[key][name])
        for name in BUILDERS:
            setattr(rule, name, _rules[key][name].__get__(rule))

    Rule.compile = compile_once  # type: ignore[assignment, method-assign]


def _share_statements(engine: Engine) -> None:
    """Let an engine use what an earlier one of its kind has compiled. Statements are kept by the dialect they are for.

    A dialect learns of its database when it first connects: only one that has is shared.
    """
    earlier = _engines.get(engine.dialect.name)
    if earlier is None or earlier.dialect.server_version_info is None:
        _engines[engine.dialect.name] = engine
        return
    engine.dialect = engine.pool._dialect = earlier.dialect
    engine._compiled_cache = earlier._compiled_cache
