"""One name, one class: whoever searches for a class finds it, and no other."""

import ast
from collections import defaultdict

from tests.support.tree import ROOT, known_files, name_of


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for file in known_files():
        if file.suffix == ".py" and any(file.is_relative_to(ROOT / top) for top in ("campaign", "receipts")):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(name_of(file))
    assert len(places) > 200
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
