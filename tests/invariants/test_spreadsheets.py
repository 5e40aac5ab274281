"""Files of separated values have one escape for formulas, and every module that writes such a file uses it."""

import ast

from tests.support.tree import name_of, sources, tree_of


def test_whoever_writes_separated_values_escapes_formulas() -> None:
    writers, escapers = set(), set()
    for file in sources("campaign", "receipts"):
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Import) and any(alias.name == "csv" for alias in node.names):
                writers.add(name_of(file))
            if isinstance(node, ast.ImportFrom) and node.module == "campaign.domain.csv_text":
                escapers |= {name_of(file) for alias in node.names if alias.name == "escape_formula"}
    assert writers
    assert writers <= escapers
