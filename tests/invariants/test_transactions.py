"""Who may end a transaction, and who may ask the database."""

import ast

from tests.support.tree import calls_in, imports_in, name_of, sources


def test_commit_and_rollback_stand_in_one_file() -> None:
    ended = {
        name_of(file)
        for file in sources("campaign", "receipts", without=("campaign/sandbox",))
        for called, _ in calls_in(file)
        if called.rpartition(".")[2] in {"commit", "rollback"}
    }
    assert ended == {"campaign/database.py"}


SLOW = {"hash_password", "verify_password", "render_pdf", "payments", "mailer", "account", "endpoints", "sleep"}
"""What takes long or waits for somebody outside: while a transaction is open, nobody else can write on SQLite."""


def test_nothing_slow_is_done_within_a_transaction() -> None:
    wrong = [
        f"{name_of(file)}:{call.lineno}: {ast.unparse(call.func)}"
        for file in sources("campaign", without=("campaign/sandbox",))
        for block in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(block, ast.With) and any(_is_transaction(item.context_expr) for item in block.items)
        for part in block.body
        for call in ast.walk(part)
        if isinstance(call, ast.Call) and SLOW & set(ast.unparse(call.func).split("."))
    ]
    assert not wrong


def _is_transaction(opened: ast.expr) -> bool:
    return isinstance(opened, ast.Call) and ast.unparse(opened.func) == "transaction"


def test_models_are_imported_from_their_own_module() -> None:
    wrong = [
        f"{name_of(file)}: {module}.{name}"
        for file in sources("campaign", "tests")
        for module, name in imports_in(file)
        if module == "campaign.models" and name[0].isupper()
    ]
    assert not wrong


def test_views_know_only_the_databases_errors() -> None:
    wrong = [
        f"{name_of(file)}: {module}.{name}"
        for file in sources("campaign/blueprints")
        for module, name in imports_in(file)
        if (module.startswith("sqlalchemy") and module != "sqlalchemy.exc")
        or (module == "campaign.extensions" and name == "db")
    ]
    assert not wrong


def test_services_see_no_request() -> None:
    allowed = {"current_app", "render_template"}
    wrong = [
        f"{name_of(file)}: flask.{name}"
        for file in sources("campaign/services", "campaign/models", "campaign/gateways", "campaign/domain")
        for module, name in imports_in(file)
        if module.partition(".")[0] == "flask" and name not in allowed
    ]
    assert not wrong
