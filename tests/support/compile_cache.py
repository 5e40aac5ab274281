"""What every new app would compile anew, templates, statements and addresses, is compiled once a process."""

from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from werkzeug.routing import Map, Rule, RuleFactory

_templates: dict[object, Any] = {}
_maps: dict[object, Map] = {}
_engines: dict[str, Engine] = {}


class ThriftyEnvironment(Environment):
    """Jinja's environment, which compiles the same text of a template once, whichever app asks."""

    def compile(self, source: Any, name: str | None = None, *more: Any, **options: Any) -> Any:  # as Jinja overloads it
        """The code of a template."""
        key = source, name, more, tuple(options.items()), tuple(self.extensions)
        if key not in _templates:
            _templates[key] = super().compile(source, name, *more, **options)
        return _templates[key]


class ThriftyMap(Map):
    """Werkzeug's map of addresses, which is built once for the same addresses, whichever app asks.

    Rules wait until somebody looks at the map. Nothing in a built map changes, nor depends on the app.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._waiting: list[Rule] = []
        super().__init__(*arguments, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        """Add a rule, which may be looked at from now on."""
        self._waiting += rulefactory.get_rules(self)
        self._remap = True

    def update(self) -> None:
        """Take the rules that wait; all methods that look at the map call this first."""
        if self._waiting:
            assert not self._rules_by_endpoint, "the map was looked at before all of its addresses were there"
            key = tuple(self.converters.items()), tuple(map(_facts, self._waiting))
            if key not in _maps:
                for rule in self._waiting:
                    super().add(rule)
                _maps[key] = self
            self._waiting.clear()
            self._matcher, self._rules_by_endpoint = _maps[key]._matcher, _maps[key]._rules_by_endpoint
        super().update()


def _facts(rule: Rule) -> tuple[object, ...]:
    """What distinguishes one address from another."""
    choices = rule.strict_slashes, rule.merge_slashes, rule.build_only, rule.redirect_to, rule.alias, rule.websocket
    defaults = tuple((rule.defaults or {}).items())
    automatic = getattr(rule, "provide_automatic_options", None)
    return (
        rule.rule,
        rule.endpoint,
        frozenset(rule.methods or ()),
        defaults,
        rule.host,
        rule.subdomain,
        automatic,
        choices,
    )


def keep_compiled() -> None:
    """From now on, for all apps of this process; what is kept is what Jinja and Werkzeug themselves have made."""
    Flask.jinja_environment = ThriftyEnvironment
    Flask.url_map_class = ThriftyMap
    make_engine = SQLAlchemy._make_engine

    def sharing(*arguments: Any) -> Engine:
        engine = make_engine(*arguments)
        _share_statements(engine)
        return engine

    SQLAlchemy._make_engine = sharing  # type: ignore[assignment, method-assign]


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
