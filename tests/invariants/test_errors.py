"""Every refusal has a status, and every status a page in words."""

import importlib
from collections.abc import Iterator

from campaign.domain.errors import DomainError
from campaign.web.error_pages import MESSAGES, STATUSES, status_of
from tests.support.tree import name_of, sources


def refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from refusals(below)


def test_every_refusal_of_the_domain_has_a_page() -> None:
    for file in sources("campaign/domain", "campaign/services", "campaign/gateways"):
        importlib.import_module(name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    nameless = [kind.__name__ for kind in refusals() if int(status_of(kind.__new__(kind))) not in MESSAGES]
    assert len(list(refusals())) > 20
    assert not nameless


def test_every_status_of_the_table_has_words() -> None:
    assert {int(status) for status in STATUSES.values()} <= set(MESSAGES)


def test_every_refusal_says_which_rule_it_is() -> None:
    assert [kind.__name__ for kind in refusals() if not kind.__doc__] == []
