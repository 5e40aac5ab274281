"""Card testing in pure figures: attacks of real sizes end early, and honest crowds pass."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.abuse import (
    BUCKET,
    DAY,
    HOUR,
    LIMITS,
    TEN_MINUTES,
    WINDOWS,
    Cause,
    Challenge,
    Kind,
    Paid,
    Tallies,
    Tally,
    What,
    bucket_of,
    demand_of,
    detect_spike,
    has_low_traffic,
)
from campaign.domain.email_address import email_key
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NETWORKS = 1 << 16


@dataclass
class Tried:
    """What one key has tried, bucket by bucket: started, failed, paid."""

    buckets: dict[datetime, list[int]] = field(default_factory=dict)

    def count(self, at: datetime, *, is_paid: bool) -> None:
        counts = self.buckets.setdefault(bucket_of(at), [0, 0, 0])
        counts[0] += 1
        counts[2 if is_paid else 1] += 1

    def within(self, at: datetime, window: timedelta) -> list[int]:
        first = bucket_of(at) - window
        recent = [counts for bucket, counts in self.buckets.items() if bucket >= first]
        return [sum(column) for column in zip(*recent, strict=True)] or [0, 0, 0]


@dataclass
class Town:
    """The counters in memory, and the check of each attempt against them."""

    known: int = 0
    at: datetime = START
    is_shielded: bool = False
    tried: defaultdict[tuple[Kind, str], Tried] = field(default_factory=lambda: defaultdict(Tried))
    refused: dict[tuple[datetime, str], Challenge] = field(default_factory=dict)
    challenged: Counter[Challenge] = field(default_factory=Counter)

    def come(self, *, address: str, email: str, proof: Challenge = Challenge.NOTHING, pays: bool = False) -> bool:
        """One attempt: whether a session was started; its payment succeeds, or its card is refused."""
        keys = {**network_keys(address), Kind.EMAIL: email, Kind.CAMPAIGN: "quilt"}
        bucket = (bucket_of(self.at), address)  # within a bucket nothing is forgotten, so what is refused stays refused
        demand = self.refused.get(bucket) or self.demand(keys)
        if demand > proof:
            self.refused[bucket] = demand
            self.challenged[demand] += 1
            return False
        for one in keys.items():
            self.tried[one].count(self.at, is_paid=pays)
        self.is_shielded = self.is_shielded or self.spike() is not None
        return True

    def demand(self, keys: dict[Kind, str]) -> Challenge:
        required = demand_of(*self._counts(keys))
        return max(required, Challenge.WORK) if self.is_shielded else required

    def spike(self) -> Cause | None:
        return detect_spike(*self._counts({Kind.CAMPAIGN: "quilt"}), known=lambda: self.known)

    def _counts(self, keys: dict[Kind, str]) -> tuple[Tallies, Paid]:
        counted = {
            (kind, window): self.tried[kind, key].within(self.at, window)
            for kind, key in keys.items()
            for window in WINDOWS
        }
        tallies = {where: Tally(started=counts[0], failed=counts[1]) for where, counts in counted.items()}
        return tallies, lambda kind, window: counted[kind, window][2]


def address(number: int) -> str:
    """One address in a network of its own."""
    return f"{11 + number // NETWORKS % 80}.{number // 256 % 256}.{number % 256}.7"


def test_18_000_attempts_from_one_address_start_a_handful() -> None:
    town = Town()
    started = 0
    for number in range(18_000):
        town.at += timedelta(seconds=2)  # ten hours of it
        started += town.come(address="203.0.113.9", email=f"{number}@bot.example")
    assert started <= 6 * 11  # six go free in an hour
    assert town.challenged[Challenge.WORK] > 17_000


def test_18_000_attempts_that_do_the_work_are_stopped_all_the_same() -> None:
    town = Town()
    started = 0
    for number in range(18_000):
        town.at += timedelta(seconds=2)
        started += town.come(address="203.0.113.9", email=f"{number}@bot.example", proof=Challenge.WORK)
    assert started <= 60  # a day's


def test_400_attempts_in_five_minutes_from_many_addresses_activate_the_shield_after_twenty() -> None:
    town = Town()
    started = 0
    for number in range(400):
        town.at += timedelta(seconds=0.75)
        started += town.come(address=address(number), email=f"{number}@bot.example")
    assert (started, town.is_shielded) == (20, True)


def test_120_000_attempts_spread_over_many_addresses_start_next_to_nothing() -> None:
    town = Town()
    started = 0
    for number in range(120_000):
        town.at += timedelta(seconds=7)  # ten days of it
        if town.is_shielded and number % 100:
            continue  # all are turned away alike
        started += town.come(address=address(number), email=f"{number}@bot.example")
    assert (started, town.is_shielded) == (20, True)


def test_a_patient_spread_of_one_in_five_minutes_is_noticed_within_a_day() -> None:
    town = Town()
    for number in range(288):
        town.at += timedelta(minutes=5)
        town.come(address=address(number), email=f"{number}@bot.example")
        if number % 20 == 0:
            town.come(address="192.0.2.1", email=f"donor{number}@home.example", pays=True)
    assert town.is_shielded


def test_testers_who_do_the_work_behind_the_shield_need_a_mailbox_each() -> None:
    town = Town()
    started = 0
    for number in range(2_000):
        town.at += timedelta(seconds=0.25)
        started += town.come(address=address(number), email=f"{number}@bot.example", proof=Challenge.WORK)
    assert started == 100
    assert town.challenged == {Challenge.CODE: 1_900}


def test_300_donors_behind_one_mobile_address_in_an_hour_pass_without_a_challenge() -> None:
    """Every eighth has a card refused once, and tries again."""
    town = Town(known=30)
    for number in range(300):
        town.at += timedelta(seconds=12)
        email = f"donor{number}@home.example"
        assert number % 8 or town.come(address="198.51.100.7", email=email)
        assert town.come(address="198.51.100.7", email=email, pays=True)
    assert not town.challenged
    assert not town.is_shielded


def test_an_evening_on_television_is_no_attack() -> None:
    """Forty gifts a minute where four were known; every tenth card is refused."""
    town = Town(known=40)
    for number in range(1_200):
        town.at += timedelta(seconds=1.5)
        assert town.come(address=address(number), email=f"{number}@home.example", pays=number % 10 > 0)
    assert not town.is_shielded


def test_unpaid_attempts_activate_the_shield_where_the_campaign_usually_has_fewer() -> None:
    tallies = {(Kind.CAMPAIGN, TEN_MINUTES): Tally(started=400)}
    assert detect_spike(tallies, lambda _kind, _window: 0, known=lambda: 30) is Cause.STARTS
    assert detect_spike(tallies, lambda _kind, _window: 0, known=lambda: 200) is None
    assert detect_spike(tallies, lambda _kind, _window: 120, known=lambda: 30) is None


def test_the_campaigns_history_is_not_read_while_there_are_few_attempts() -> None:
    def known() -> int:
        raise AssertionError("the history was read")

    assert (
        detect_spike({(Kind.CAMPAIGN, TEN_MINUTES): Tally(started=149)}, lambda _kind, _window: 0, known=known) is None
    )


def test_low_traffic_is_few_failures_and_few_refusals_for_the_gifts_there_are() -> None:
    half_an_hour = (Kind.CAMPAIGN, timedelta(minutes=30))
    assert has_low_traffic({}, lambda _kind, _window: 0)
    assert has_low_traffic({half_an_hour: Tally(started=5, failed=3, turned_away=10)}, lambda _kind, _window: 0)
    assert not has_low_traffic({half_an_hour: Tally(failed=4)}, lambda _kind, _window: 0)
    assert has_low_traffic({half_an_hour: Tally(failed=4)}, lambda _kind, _window: 4)
    assert not has_low_traffic({half_an_hour: Tally(turned_away=11)}, lambda _kind, _window: 0)


@given(started=st.integers(0, 5_000), failed=st.integers(0, 5_000), more=st.integers(0, 100))
def test_more_failures_or_starts_never_lower_the_challenge(started: int, failed: int, more: int) -> None:
    def required(started: int, failed: int) -> Challenge:
        tally = Tally(started=started, failed=failed)
        return demand_of({(kind, window): tally for kind in Kind for window in WINDOWS}, lambda _kind, _window: 10)

    assert required(started, failed) <= required(started + more, failed) <= required(started + more, failed + more)


@given(failed=st.integers(0, 500), paid=st.integers(0, 500))
def test_paid_gifts_excuse_failures_and_never_add_to_them(failed: int, paid: int) -> None:
    tallies = {(Kind.ADDRESS, HOUR): Tally(failed=failed), (Kind.ADDRESS, DAY): Tally(failed=failed)}
    assert demand_of(tallies, lambda _kind, _window: paid) <= demand_of(tallies, lambda _kind, _window: 0)
    if failed <= 5 + paid // 2:
        assert demand_of(tallies, lambda _kind, _window: paid) is Challenge.NOTHING


@given(unpaid=st.integers(0, 40), paid=st.integers(0, 40))
def test_paid_gifts_of_an_email_do_not_change_its_challenge(unpaid: int, paid: int) -> None:
    def required(started: int, paid: int) -> Challenge:
        return demand_of(
            {(Kind.EMAIL, window): Tally(started=started) for window in WINDOWS}, lambda _kind, _window: paid
        )

    assert required(unpaid + paid, paid) is required(unpaid, 0)


def test_limits_of_an_email_count_unpaid_attempts_only() -> None:
    everywhere = [limit for limit in LIMITS if limit.kind is Kind.EMAIL]
    assert {limit.what for limit in everywhere} == {What.UNPAID}
    assert not [limit for limit in LIMITS if limit.kind is Kind.EMAIL_NEAR and limit.paid_per_excuse]


@pytest.mark.parametrize(
    ("given_address", "near", "far"),
    [
        ("203.0.113.9", "203.0.113.9/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.9/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
    ],
)
def test_an_address_is_counted_alone_and_with_its_network(given_address: str, near: str, far: str) -> None:
    assert network_keys(given_address) == {Kind.ADDRESS: near, Kind.NETWORK: far}


@pytest.mark.parametrize("nobody", [None, "", "unix:", "999.1.1.1"])
def test_an_unknown_address_is_not_counted(nobody: str | None) -> None:
    assert network_keys(nobody) == {}


def test_a_mailbox_is_one_however_it_is_written() -> None:
    assert normalized_email("Aida+quilt@Example.org") == normalized_email("aida@example.org") == "aida@example.org"


@pytest.mark.parametrize("written", ["aida@почта.рф", "Aida@ПОЧТА.РФ", "aida+1@xn--80a1acny.xn--p1ai"])
def test_a_mailbox_counts_as_the_donor_of_the_same_address(written: str) -> None:
    """A tester of stolen cards was two visitors by writing the domain in its other form."""
    assert normalized_email(written) == email_key("aida@почта.рф")


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_bucket_begins_at_most_five_minutes_before(at: datetime) -> None:
    assert timedelta() <= at - bucket_of(at) < BUCKET
    assert bucket_of(bucket_of(at)) == bucket_of(at)


def test_a_key_tells_nothing_without_the_secret() -> None:
    key = key_of(Kind.ADDRESS, "203.0.113.9/32", secret="one")
    assert "203" not in key
    assert key != key_of(Kind.ADDRESS, "203.0.113.9/32", secret="another")
    assert key != key_of(Kind.NETWORK, "203.0.113.9/32", secret="one")
    assert len(key) == 32
