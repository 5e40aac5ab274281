"""Money in suspense is released to its gift once, whoever else looks at it meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event

import pytest
from flask import current_app

from campaign.domain.journal import Account
from campaign.extensions import db
from campaign.jobs import sweep
from campaign.models.campaign import Campaign
from campaign.services.ledger import posting
from campaign.services.reconciliation import ledger_at_provider, payouts, reconciling, suspense
from campaign.services.reconciliation.reconciling import Mails
from tests.reconciling.stage import A_DAY, ReconciliationScenario
from tests.support.builders import a_member_of_staff


def booked_as_nobodys(stage: ReconciliationScenario, campaign: Campaign) -> int:
    """The one gift's payment is booked as not identified, for its events are late; what it brought, net."""
    finance = a_member_of_staff(role="finance")
    stage.note_transactions()
    [charge] = [row for row in stage.transactions() if row.category == "charge"]
    suspense.book_as_unidentified(
        charge.provider_id, campaign_id=campaign.id, actor_id=finance.id, clock=stage.site.clock
    )
    return charge.net_minor


def standing_twice(stage: ReconciliationScenario) -> int:
    """Its event has come since: until somebody looks, its money stands on the provider's account twice."""
    campaign = stage.site.campaign()
    stage.gift(campaign=campaign)
    stage.pass_time(6)
    net_minor = booked_as_nobodys(stage, campaign)
    stage.hear()
    assert stage.on(Account.PROVIDER) == {"USD": 2 * net_minor}
    return net_minor


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each came to, done by threads of their own: a result, or the error."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def done(act: Callable[[], object]) -> object:
        with app.app_context():
            try:
                return act()
            except Exception as error:  # noqa: BLE001  # it is what the test looks at
                return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(done, acts))


def test_the_makeshift_goes_when_the_gift_s_own_entries_stand(stage: ReconciliationScenario) -> None:
    """And the payout that it left with stays whole."""
    campaign = stage.site.campaign()
    stage.gift(campaign=campaign)
    stage.pass_night()
    stage.pass_time(2 * A_DAY)
    net_minor = booked_as_nobodys(stage, campaign)
    assert stage.on(Account.UNIDENTIFIED) == {"USD": -net_minor}
    assert reconciling.repair(stage.context, mails=Mails.NONE).is_clean
    assert (stage.on(Account.UNIDENTIFIED), stage.on(Account.PROVIDER)) == ({}, {})
    assert stage.on(Account.BANK) == {"USD": net_minor}
    assert all(payout.reconciled_at for payout in stage.payouts())


def test_it_goes_within_a_minute_when_an_event_brings_the_gift(stage: ReconciliationScenario) -> None:
    """With the next sweep, not with the hour's comparison."""
    net_minor = standing_twice(stage)
    sweep.call_local()
    assert (stage.on(Account.UNIDENTIFIED), stage.on(Account.PROVIDER)) == ({}, {"USD": net_minor})


def test_two_sweeps_at_once_take_it_back_once(stage: ReconciliationScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    net_minor = standing_twice(stage)
    both, posted = Barrier(2), posting.post

    def met(*given: object, **named: object) -> object:
        with suppress(BrokenBarrierError):
            both.wait(0.5)  # the second one comes here only if nothing keeps it from looking meanwhile
        return posted(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(posting, "post", met)
    clock = stage.site.clock
    assert at_once(*2 * [lambda: suspense.release_identified(clock=clock)]) == [None, None]
    assert (stage.on(Account.UNIDENTIFIED), stage.on(Account.PROVIDER)) == ({}, {"USD": net_minor})


@pytest.mark.database("postgresql")
def test_a_payout_that_is_reported_meanwhile_takes_the_money_once(
    stage: ReconciliationScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite one waits for the other from the beginning."""
    net_minor = standing_twice(stage)
    stage.pass_night()
    stage.pass_time(5 * A_DAY)
    account, clock = stage.context.account, stage.site.clock
    [payout] = account.payouts(since=clock.now().replace(year=2020))
    has_looked, is_reported, in_suspense = Event(), Event(), ledger_at_provider.in_suspense

    def looked(*given: object) -> object:
        in_books = in_suspense(*given)  # type: ignore[arg-type]
        has_looked.set()
        is_reported.wait(0.5)
        return in_books

    def report() -> None:
        has_looked.wait(5)
        payouts.refresh(payout.provider_id, context=stage.context)
        is_reported.set()

    monkeypatch.setattr(ledger_at_provider, "in_suspense", looked)
    assert at_once(lambda: suspense.release_identified(clock=clock), report) == [None, None]
    db.session.rollback()
    assert (stage.on(Account.UNIDENTIFIED), stage.on(Account.PROVIDER)) == ({}, {})
    assert stage.on(Account.BANK) == {"USD": net_minor}
