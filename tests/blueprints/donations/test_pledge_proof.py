"""What the link to a monthly gift does not do in other hands: that needs a code from the donor's mailbox."""

import pytest

from tests.blueprints.donations.pledge_page import DonorsPage
from tests.support.pages import Page

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


def test_a_forwarded_link_raises_no_amount(page: DonorsPage) -> None:
    for typed in ({"amount": "40"}, {"amount": "25", "cover_fees": "yes"}):
        answer = page.press("change", **typed)
        assert answer.status_code == 422
        assert "We’ve sent a six-digit code" in answer.text
    page.engine.work()
    wrong = page.press("change", amount="40", code="000000" if page.code() != "000000" else "000001")
    assert "This is not the code from the latest email" in wrong.text
    assert page.pledge.gift_minor == 25_00
    assert page.engine.payments.pledges.requests == []


@pytest.mark.parametrize(
    ("before", "after", "button"), [("pause", "resume", "Resume now"), ("stop_later", "keep", "Keep")]
)
def test_a_forwarded_link_resumes_no_payment(page: DonorsPage, before: str, after: str, button: str) -> None:
    assert page.press(before, pause="3").status_code == 303
    state = page.pledge.state
    step = Page(page.press(after))
    assert step.answer.status_code == 422
    assert page.pledge.state == state
    assert "We’ve sent a six-digit code" in step.text("main")
    assert button in step.text("#code-form button:not([hidden])")
    page.engine.work()
    assert "continues" in page.text_after(step.submit(page.client, "#code-form", code=page.code()))
    assert page.pledge.state == "active"


def test_a_lower_amount_that_the_provider_does_not_know_yet_is_not_undone(page: DonorsPage) -> None:
    page.engine.payments.is_down = True
    assert page.press("change", amount="10").status_code == 303
    assert (
        page.press("change", amount="25").status_code == 422
    )  # the amount that is charged, and more than the requested one
    assert page.press("change", amount="10").status_code == 303
    page.engine.payments.is_down = False
    page.engine.clock.advance(minutes=2)
    page.engine.work()
    assert page.pledge.gift_minor == 10_00


def test_a_code_from_the_mailbox_raises_the_amount_and_is_required_once(page: DonorsPage) -> None:
    step = Page(page.press("change", amount="40", cover_fees="yes"))
    assert "New amount: $41.51 a month" in step.text("main")
    page.engine.work()
    answer = step.submit(page.client, "form:has([name=code])", code=page.code())
    assert "The new amount applies" in page.text_after(answer)
    assert page.pledge.gift_minor == 40_00
    assert page.pledge.cover_minor > 0
    page.press("change", amount="50")
    assert page.pledge.gift_minor == 50_00


def test_codes_are_few_and_wrong_ones_end_it(page: DonorsPage) -> None:
    for _ in range(6):
        page.press("change", amount="40")
        page.engine.clock.advance(minutes=1)
    page.engine.work()
    assert 1 <= len([email for email in page.engine.mailer.sent if "Your code" in email.subject]) <= 4
    right = page.code()
    for number in range(6):
        page.press("change", amount="40", code=f"{(int(right) + 1 + number) % 10**6:06}")
    assert page.press("change", amount="40", code=right).status_code == 422


def test_the_receipts_are_shown_after_a_code_from_the_mailbox(page: DonorsPage) -> None:
    page.engine.work()
    address = f"{page.path}/receipt/TEST-WCL-2026-000001"
    assert page.client.get(address).status_code == 303
    assert page.look().find("a", download=True) is None
    step = Page(page.client.post(f"{page.path}/receipts"))
    page.engine.work()
    answer = step.submit(page.client, "form:has([name=code])", code=page.code())
    assert answer.status_code == 303
    link = page.look().find("a", download=True)["href"]  # type: ignore[index]
    assert page.client.get(str(link)).data.startswith(b"%PDF")
    assert page.client.get(f"{link}9").status_code == 404


def test_the_page_promises_what_its_link_can_do(page: DonorsPage) -> None:
    assert "can skip, pause, lower or stop this gift and change its card" in page.words()
    assert "Aida" not in page.words()
