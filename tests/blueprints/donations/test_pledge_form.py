"""What is typed on the page of a monthly gift: amounts with two readings, and another language in between (case 11)."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, update

from campaign.database import transaction
from campaign.models.campaign import Campaign, CampaignCurrency, SuggestedAmount
from tests.blueprints.donations.pledge_page import DonorsPage
from tests.support.pages import Page

pytestmark = pytest.mark.database("sqlite")


def test_an_ambiguous_amount_is_refused_with_both_readings(page: DonorsPage) -> None:
    answer = page.press("change", amount="1,500")
    assert answer.status_code == 422
    offered = BeautifulSoup(answer.text, "html.parser").select("[name=amount_meant]")
    assert [tag["value"] for tag in offered] == ["1500", "1.50"]
    step = Page(page.press("change", amount="1,500", amount_meant="1500"))
    page.engine.work()
    step.submit(page.client, "form:has([name=code])", code=page.code())
    assert page.pledge.gift_minor == 1500_00


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The campaign no longer takes gifts in this currency, so the amount can’t be changed."),
        ("ru", "Кампания больше не принимает пожертвования в этой валюте, поэтому изменить сумму нельзя."),
        ("ky", "Кампания бул валютада жардам албай калды, ошондуктан сумманы өзгөртүүгө болбойт."),
    ],
)
def test_an_amount_in_a_currency_that_is_no_longer_taken_is_not_changed(
    page: DonorsPage, language: str, words: str
) -> None:
    """It was read and bounded in the campaign's first currency, and charged in its own."""
    with transaction() as session:
        session.execute(delete(SuggestedAmount).where(SuggestedAmount.currency == "USD"))
        session.execute(delete(CampaignCurrency).where(CampaignCurrency.currency == "USD"))
    page.language = language
    before = len(page.engine.payments.pledges.requests)
    assert page.look().select("[name=amount]") == []
    answer = page.press("change", amount="10")
    assert (answer.status_code, words in Page(answer).text()) == (422, True)
    assert page.pledge.gift_minor == 25_00
    assert len(page.engine.payments.pledges.requests) == before
    assert page.client.post(page.path, data={"to_language": "ru"}).status_code == 200
    assert page.press("skip").status_code == 303
    assert page.press("stop").status_code == 303


def in_russian(page: DonorsPage, look: BeautifulSoup, **typed: str) -> BeautifulSoup:
    """The form with what is typed in it, after the button for Russian was pressed."""
    form, button = look.select_one("form#monthly"), look.select_one("button[form=monthly][value=ru]")
    assert form is not None
    assert button is not None
    assert typed.keys() <= {str(field["name"]) for field in form.select("[name]")}
    answer = page.client.post(str(button["formaction"]), data={**typed, "to_language": "ru"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.database("sqlite")
def test_another_language_keeps_typed_and_chosen_values(page: DonorsPage) -> None:
    """Case 11, also after an amount that was refused; nothing changes at the provider."""
    before = len(page.engine.payments.calls)
    for look in (page.look(), BeautifulSoup(page.press("change", amount="1").text, "html.parser")):
        russian = in_russian(page, look, amount="33", cover_fees="yes", pause="3")
        assert russian.html is not None
        assert russian.html["lang"] == "ru"
        assert [str(tag["value"]) for tag in russian.select("#amount, [name=pause] option[selected]")] == ["33", "3"]
        assert russian.select("#cover_fees[checked]")
        assert not russian.select(".error-summary")
    assert page.pledge.gift_minor == 25_00
    assert len(page.engine.payments.calls) == before


@pytest.mark.database("sqlite")
def test_another_language_keeps_the_step_of_the_code_and_mails_no_other(page: DonorsPage) -> None:
    step = BeautifulSoup(page.press("change", amount="33").text, "html.parser")
    button = step.select_one("button[form=code-form][value=ky]")
    assert button is not None
    sent = {str(field["name"]): str(field.get("value", "")) for field in step.select("#code-form [name]")}
    mails = len(page.engine.mailer.sent)
    answer = page.client.post(str(button["formaction"]), data={**sent, "code": "123"})
    kyrgyz = BeautifulSoup(answer.text, "html.parser")
    assert [str(tag["value"]) for tag in kyrgyz.select("#code-form [name=amount], #code")] == ["33", "123"]
    assert len(page.engine.mailer.sent) == mails


def test_after_too_many_wrong_codes_the_page_says_so_and_promises_no_mail(page: DonorsPage) -> None:
    page.press("change", amount="40")
    page.engine.work()
    right = page.code()
    for number in range(5):
        wrong = page.press("change", amount="40", code=f"{(int(right) + 1 + number) % 1_000_000:06}")
    assert "Too many wrong codes" in wrong.text
    for typed in ({"code": right}, {}):
        answer = page.press("change", amount="40", **typed)
        assert "Too many wrong codes" in answer.text
        assert "We’ve sent a six-digit code" not in answer.text
    page.engine.clock.advance(minutes=70)
    assert "We’ve sent a six-digit code" in page.press("change", amount="40").text


def test_an_unchanged_amount_changes_nothing_and_the_page_says_so(page: DonorsPage) -> None:
    assert "Nothing was changed" in page.text_after(page.press("change", amount="25.00"))
    assert page.engine.payments.pledges.requests == []
    name = page.look().find("input", {"name": "request_id"})["value"]  # type: ignore[index]
    for _ in range(2):  # pressed twice, the second press is no change back to what is so now
        assert "The new amount applies" in page.text_after(page.press("change", amount="20", request_id=str(name)))


def test_an_amount_is_unchanged_only_while_no_other_was_requested(page: DonorsPage) -> None:
    page.engine.payments.is_down = True
    page.press("change", amount="10")
    assert "Your request is saved" in page.text_after(page.press("change", amount="10"))


@pytest.mark.database("sqlite")
def test_a_pause_that_is_not_offered_is_refused_at_its_field(page: DonorsPage) -> None:
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=date(2027, 6, 30)))
    for value in ("99", "0", "-1", "open 1", "12", ""):
        answer = page.press("pause", pause=value)
        assert answer.status_code == 422
        refused = BeautifulSoup(answer.text, "html.parser")
        assert [tag.text for tag in refused.select("a[href='#pause-for']")] == ["Choose one of the listed pauses."]
        assert refused.select_one("#pause-for[aria-invalid=true]")
    assert page.pledge.state == "active"


@pytest.mark.database("sqlite")
def test_a_box_that_is_sent_unticked_adds_no_fee(page: DonorsPage) -> None:
    page.press("change", amount="20", cover_fees="no")
    assert (page.pledge.gift_minor, page.pledge.cover_minor) == (20_00, 0)
