"""What every new app would compile anew, templates and the builders of addresses, is compiled once a process."""

from collections.abc import Callable
from types import CodeType

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates in memory, each as long as its source stays the same."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja's question for a template."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja's answer to itself."""
        assert bucket.code
        self._kept[bucket.key] = bucket.checksum, bucket.code


def keep_compiled() -> None:
    """From now on, for all apps of this process. It is Werkzeug's own code that is kept, whichever app asked first."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    compile_builder = Rule._compile_builder
    builders: dict[object, Callable[..., tuple[str, str]]] = {}

    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # as there
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = rule.rule, tuple(rule._trace), append_unknown  # all that the code depends on
        if key not in builders:
            builders[key] = compile_builder(rule, append_unknown)
        return builders[key]

    Rule._compile_builder = kept  # type: ignore[assignment, method-assign]
