"""Payouts are itemized movement by movement and stand in the books of each campaign, to the last unit."""

from campaign.domain.journal import Account
from campaign.services.reconciliation import suspense
from tests.reconciling.stage import A_DAY, ReconciliationScenario
from tests.sandbox.gifts import open_gift
from tests.support.builders import a_member_of_staff


def test_a_payout_goes_through_1015_to_the_bank(stage: ReconciliationScenario) -> None:
    campaign = stage.site.campaign()
    stage.gift(campaign=campaign)
    stage.pass_time(6)
    stage.hear()
    net = stage.provider_balance()
    assert stage.on(Account.PROVIDER) == {"USD": net}
    stage.pass_night()
    stage.pass_time(A_DAY)
    stage.hear()
    [payout] = stage.payouts()
    assert (payout.state, payout.amount_minor, payout.itemized_at) == ("arrived", net, None)
    assert stage.on(Account.BANK) == {}
    stage.pass_time(3600)
    stage.hear()
    [payout] = stage.payouts()
    assert (payout.difference_minor, payout.reconciled_at is not None) == (0, True)
    assert (stage.on(Account.BANK), stage.on(Account.PROVIDER), stage.on(Account.PAYOUTS)) == ({"USD": net}, {}, {})
    assert {row.matched_by for row in stage.transactions()} == {"books", "payout"}


def test_each_campaign_gets_its_own_part(stage: ReconciliationScenario) -> None:
    quilt, hall = stage.site.campaign(), stage.site.campaign(slug="hall", is_featured=False)
    stage.gift(campaign=quilt, minor=30_00)
    stage.gift(campaign=hall, minor=70_00)
    stage.gift(campaign=hall, minor=3_000_00, currency="KGS")
    stage.pass_time(6)
    stage.hear()
    expected = {campaign.slug: stage.on(Account.PROVIDER, campaign=campaign) for campaign in (quilt, hall)}
    stage.pass_night()
    stage.pass_time(A_DAY + 3600)
    stage.hear()
    assert {campaign.slug: stage.on(Account.BANK, campaign=campaign) for campaign in (quilt, hall)} == expected
    assert stage.entries("payout_made") == 2


def test_a_payout_that_comes_back_leaves_again_with_the_next_one(stage: ReconciliationScenario) -> None:
    stage.site.sandbox.fail_next_payout()
    campaign = stage.site.campaign()
    stage.gift(campaign=campaign)
    stage.pass_time(6)
    stage.hear()
    net = stage.provider_balance()
    stage.pass_night()
    stage.pass_time(A_DAY + 3600)
    stage.hear()
    assert stage.on(Account.BANK) == {"USD": net}
    stage.pass_time(A_DAY - 3600)
    stage.hear()
    [first, *_] = stage.payouts()
    assert (first.state, first.failure) == ("failed", "The bank account has been closed.")
    assert (stage.on(Account.BANK), stage.on(Account.PROVIDER)) == ({}, {"USD": net})
    stage.pass_time(2 * A_DAY + 3600)
    stage.hear()
    assert [payout.state for payout in stage.payouts()] == ["failed", "arrived"]
    assert (stage.on(Account.BANK), stage.on(Account.PROVIDER), stage.on(Account.PAYOUTS)) == ({"USD": net}, {}, {})
    assert all(payout.reconciled_at for payout in stage.payouts())


def test_refunds_and_debits_are_walked_too(stage: ReconciliationScenario) -> None:
    campaign = stage.site.campaign()
    gift = stage.gift(campaign=campaign, minor=90_00)
    stage.gift(campaign=campaign, minor=40_00, method="pm_sepaDebit_success_at")
    stage.pass_time(10)
    stage.refund(gift, 15_00)
    stage.pass_time(10)
    stage.hear()
    stage.pass_time(5 * A_DAY)
    stage.hear()
    assert {row.type for row in stage.transactions()} == {"charge", "payment", "refund", "payout"}
    assert all(row.matched_by for row in stage.transactions())
    assert stage.on(Account.BANK)["USD"] == sum(payout.amount_minor for payout in stage.payouts())
    assert (stage.on(Account.PROVIDER), stage.on(Account.PAYOUTS)) == ({}, {})


def test_another_integrations_charge_is_unmatched_and_never_dropped(stage: ReconciliationScenario) -> None:
    campaign = stage.site.campaign()
    stage.gift(campaign=campaign)
    foreign = open_gift(stage.site.sandbox.client(), 50_00, metadata={}, payment_intent_data={})
    stage.site.sandbox.pay(foreign["id"], method="pm_card_bypassPending")
    stage.pass_time(6)
    stage.hear()
    ours = stage.on(Account.PROVIDER)
    stage.pass_night()
    stage.pass_time(A_DAY + 3600)
    stage.hear()
    [payout] = stage.payouts()
    unmatched = [row for row in stage.transactions() if row.matched_by is None]
    assert [row.amount_minor for row in unmatched] == [50_00]
    assert unmatched[0].payout_id == payout.id
    assert (payout.difference_minor, payout.reconciled_at) == (0, None)
    assert stage.on(Account.BANK) == ours


def test_what_is_matched_late_follows_its_payout_back_and_out_again(stage: ReconciliationScenario) -> None:
    stage.site.sandbox.fail_next_payout()
    campaign, finance = stage.site.campaign(), a_member_of_staff(role="finance")
    stage.gift(campaign=campaign)
    foreign = open_gift(stage.site.sandbox.client(), 50_00, metadata={}, payment_intent_data={})
    stage.site.sandbox.pay(foreign["id"], method="pm_card_bypassPending")
    stage.pass_night()
    stage.pass_time(5 * A_DAY)
    stage.hear()
    [unmatched] = [row for row in stage.transactions() if row.matched_by is None]
    first, second = stage.payouts()
    assert stage.on(Account.BANK) == {"USD": second.amount_minor - unmatched.net_minor}
    suspense.book_as_unidentified(
        unmatched.provider_id, campaign_id=campaign.id, actor_id=finance.id, clock=stage.site.clock
    )
    assert (first.amount_minor, stage.on(Account.BANK)) == (second.amount_minor, {"USD": second.amount_minor})
    assert (stage.on(Account.PROVIDER), stage.on(Account.PAYOUTS)) == ({}, {})
    assert all(payout.reconciled_at for payout in stage.payouts())
