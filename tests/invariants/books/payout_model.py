"""What the books may say of payouts: nothing but what the provider has sent, and at rest all of it."""

from collections.abc import Mapping

from campaign.gateways.provider_account import PayoutFacts
from tests.invariants.books.account import Account
from tests.invariants.books.model import MovementStory
from tests.invariants.books.shapes import Shape

PLACES = {"payout_made": {1015, 1010}, "payout_arrived": {1020, 1015}, "payout_failed": {1010, 1015, 1020}}
"""Kind of entry → the accounts that it may touch."""


def check(
    account: Account, booked: Mapping[str, set[Shape]], in_books: Mapping[str, int], *, doubtful: set[str]
) -> None:
    """Each payout's entries against the provider; its part is a sum of movements that our books explain.

    `in_books` is what each movement stands with on 1010; of the `doubtful` ones both that and the provider's word count,
    for they are booked twice until they are found to be a gift's.
    """
    assert set(booked) <= {f"payout:{name}" for name in account.sent}, "a payout that the provider never made"
    for name, payout in account.sent.items():
        entries = booked.get(f"payout:{name}", set())
        for _, kind, day, lines in entries:
            days = {"payout_made": payout.made_at.date(), "payout_arrived": payout.arrives_on}
            assert day == days.get(kind, payout.failed_at.date() if payout.failed_at else None)
            assert {(line[0], line[1], line[2]) for line in lines} <= {
                (place, None, payout.amount.currency) for place in PLACES[kind]
            }
        made, under_way, in_bank = sums(entries)
        assert (under_way, in_bank) in _places(payout, made), f"{name} is {payout.state}, and not where it should be"
        assert made in _possible(account, name, in_books, doubtful), f"{name} took {made} from the balance"


def sums(entries: set[Shape]) -> tuple[int, int, int]:
    """What a payout took from the balance, what of it is on its way, and what is in the bank."""

    def on(place: int, kinds: set[str]) -> int:
        return sum(line[3] for _, kind, _, lines in entries if kind in kinds for line in lines if line[0] == place)

    return -on(1010, {"payout_made"}), on(1015, set(PLACES)), on(1020, set(PLACES))


def expected_at_rest(payout: PayoutFacts) -> tuple[int, int, int]:
    """The same once everything is reported and explained."""
    whole = payout.amount.minor
    return {"under_way": (whole, whole, 0), "arrived": (whole, 0, whole), "failed": (whole, 0, 0)}[payout.state]


def follow_identified(movements: Mapping[str, MovementStory], booked: Mapping[str, set[Shape]]) -> None:
    """An entry in suspense may be taken back at any time once the gift's own entries stand; on which day, the books say."""
    for name, movement in movements.items():
        own = {kind: day for _, kind, day, _ in booked.get(f"transaction:{name}", set())}
        if day := own.get("identified"):
            is_known = any(source == f"txn:{name}" for entries in booked.values() for source, *_ in entries)
            assert is_known, "what was not identified is gone, and no gift has it"
            movement.identified_on = day


def _places(payout: PayoutFacts, made: int) -> set[tuple[int, int]]:
    """Where the money may be, as far as the provider has gone by now."""
    may = {(made, 0)}
    if payout.state != "under_way":
        may.add((0, made))
    if payout.state == "failed":
        may.add((0, 0))
    return may


def _possible(account: Account, name: str, in_books: Mapping[str, int], doubtful: set[str]) -> set[int]:
    """Every sum of movements that left with a payout and stand in the books."""
    sums = {0}
    for moved in account.movements():
        known = in_books.get(moved.provider_id)
        if known is None or account.left_with.get(moved.provider_id) != name:
            continue
        if moved.provider_id == account.sent[name].transaction_id:
            continue
        nets = {known, moved.net.minor} if moved.provider_id in doubtful else {known}
        sums |= {so_far + net for so_far in sums for net in nets}
    return sums
