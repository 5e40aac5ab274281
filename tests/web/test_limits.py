"""Request limits while the store that counts for all processes is down: pages go on, and each process counts."""

from dataclasses import replace
from pathlib import Path

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage

from campaign import create_app
from campaign.extensions import limiter
from campaign.gateways.context import Context
from campaign.gateways.payments import NoPayments
from tests.support.databases import config_for
from tests.support.fakes import RecordingMailer, SettableClock

pytestmark = pytest.mark.database("sqlite")  # the store of the limits, not the database, is what is tested

CONTEXT = Context(clock=SettableClock(), payments=NoPayments(), mailer=RecordingMailer(), public_url="http://localhost")


class LostStorage(MemoryStorage):
    """A store that refuses every connection, as Redis does once it has stopped."""

    STORAGE_SCHEME = ["lost"]  # noqa: RUF012  # as the base class has it

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:  # noqa: ARG002
        raise StorageError(ConnectionRefusedError())

    def check(self) -> bool:
        return False


def test_limited_pages_answer_and_are_limited_while_the_store_of_limits_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in list(vars(limiter).items()):  # the one limiter of all apps is as it was afterwards
        monkeypatch.setattr(limiter, name, value)
    config = config_for(f"sqlite:///{tmp_path / 'none.sqlite'}", instance=tmp_path)
    app = create_app(replace(config, limits_url="lost://", testing=False), CONTEXT)
    app.add_url_rule("/limited", view_func=limiter.limit("2 per minute")(lambda: "there"))
    answers = [app.test_client().get("/limited").status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429]
