"""Which day an instant is depends on where one stands."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.calendar import end_of_day, fiscal_year, local_day, offset_name, start_of_day

BISHKEK = ZoneInfo("Asia/Bishkek")
NAMES = ("Asia/Bishkek", "UTC", "America/New_York", "Pacific/Kiritimati", "America/Sao_Paulo", "Africa/Cairo")
ZONES = tuple(map(ZoneInfo, NAMES))


def test_half_past_two_in_osh_on_new_year_is_the_new_year() -> None:
    assert local_day(datetime(2026, 12, 31, 17, 30, 4, tzinfo=UTC), BISHKEK) == date(2026, 12, 31)
    assert local_day(datetime(2026, 12, 31, 20, 30, 16, tzinfo=UTC), BISHKEK) == date(2027, 1, 1)


def test_a_day_begins_when_the_clock_there_says_so() -> None:
    assert start_of_day(date(2027, 1, 1), BISHKEK) == datetime(2026, 12, 31, 18, tzinfo=UTC)
    assert end_of_day(date(2027, 1, 1), BISHKEK) == datetime(2027, 1, 1, 18, tzinfo=UTC)
    assert end_of_day(date(2026, 11, 1), ZoneInfo("America/New_York")) - start_of_day(
        date(2026, 11, 1), ZoneInfo("America/New_York")
    ) == timedelta(hours=25)


def test_a_day_without_a_midnight_begins_after_the_jump() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # on 26 April 2024 clocks went from 00:00 to 01:00
    assert start_of_day(date(2024, 4, 26), cairo) == datetime(2024, 4, 25, 22, tzinfo=UTC)
    assert local_day(start_of_day(date(2024, 4, 26), cairo), cairo) == date(2024, 4, 26)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_every_instant_lies_in_its_day(instant: datetime, zone: ZoneInfo) -> None:
    day = local_day(instant, zone)
    assert start_of_day(day, zone) <= instant < end_of_day(day, zone)
    assert end_of_day(day, zone) == start_of_day(day + timedelta(days=1), zone)


def test_an_instant_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2027, 1, 1), BISHKEK)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "name"),
    [("UTC", "UTC"), ("Asia/Bishkek", "UTC+6"), ("Asia/Kolkata", "UTC+5:30"), ("America/St_Johns", "UTC\u22123:30")],
)
def test_a_time_of_day_says_whose_it_is(zone: str, name: str) -> None:
    assert offset_name(datetime(2027, 1, 1, tzinfo=UTC), ZoneInfo(zone)) == name


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        (date(2026, 12, 31), 1, (date(2026, 1, 1), date(2026, 12, 31))),
        (date(2027, 3, 31), 4, (date(2026, 4, 1), date(2027, 3, 31))),
        (date(2027, 4, 1), 4, (date(2027, 4, 1), date(2028, 3, 31))),
        (date(2028, 2, 29), 3, (date(2027, 3, 1), date(2028, 2, 29))),
        (date(2026, 11, 30), 12, (date(2025, 12, 1), date(2026, 11, 30))),
    ],
)
def test_a_fiscal_year_begins_with_its_first_month(day: date, month: int, year: tuple[date, date]) -> None:
    assert fiscal_year(day, month) == year
