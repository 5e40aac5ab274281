"""The public check of a receipt: found as people type it (case 16), and plain about tests and disputes."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaign.blueprints.public.typed_receipt import TypedReceipt, read_typed_receipt
from campaign.database import reading, transaction
from campaign.models.receipt import Receipt
from tests.support.builders import NOW, a_campaign, a_paid_gift
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # what is typed and said, not the database, is what is tested

HOST, PASTED, PASTED_CODE = "give.example.org", "TEST-WCL-2026-000100", "3a573hr79a"


@dataclass(frozen=True)
class Printed:
    """The number and code that are printed on a receipt."""

    number: str
    code: str

    @property
    def address(self) -> str:
        return f"/en/verify/{self.number}?code={self.code}"


@pytest.fixture
def printed(client: FlaskClient) -> Printed:
    """A valid receipt."""
    return a_receipt_of(series="QUI")


def a_receipt_of(*, series: str) -> Printed:
    a_paid_gift(campaign=a_campaign(series=series))
    with reading() as session:
        return Printed(*session.execute(select(Receipt.number, Receipt.verify_code)).one())


def check(client: FlaskClient, number: str, code: str, *, lang: str = "en") -> Page:
    """Type both into the form, and follow where it leads."""
    answer = client.get(f"/{lang}/verify/", query_string={"number": number, "code": code})
    return fetch_address(client, answer.location) if answer.status_code == 303 else Page(answer)


@pytest.mark.parametrize(
    "typed",
    ["№ {0.number}", "{0.number} ", "{1}/ru/verify/{0.number}?code={0.code}"],
    ids=["sign", "space", "address"],
)
def test_a_receipt_is_found_as_people_type_it(client: FlaskClient, printed: Printed, typed: str) -> None:
    code = "" if "code=" in typed else f"{printed.code[:4]} {printed.code[4:]}".upper()
    page = check(client, typed.format(printed, current_app.config["KURAK"].public_url), code)
    assert page.text(".notice h2") == "This receipt is valid"


@pytest.mark.parametrize(
    "change", [str.lower, lambda text: text.replace("-", "–"), lambda text: text.replace("-", " ")]
)
def test_dashes_spaces_and_case_make_no_difference(client: FlaskClient, printed: Printed, change: object) -> None:
    assert check(client, change(printed.number), printed.code).text(".notice h2") == "This receipt is valid"  # type: ignore[operator]


def test_the_check_shows_initials_and_no_name(client: FlaskClient, printed: Printed) -> None:
    page = fetch_address(client, printed.address)
    assert "D.D.1." in page.text("main")  # of Demo donor 12
    assert "donor 12" not in page.answer.text


def test_an_invalid_number_is_refused_at_its_field(client: FlaskClient, printed: Printed) -> None:
    page = check(client, f"https://other.example{printed.address}", "")
    assert page.answer.status_code == 422
    assert "no receipt number of ours" in page.text(".has-error")
    assert "Enter the code" in check(client, printed.number, "").text(".has-error")


def test_a_wrong_code_and_an_unknown_number_look_alike(client: FlaskClient, printed: Printed) -> None:
    texts = set()
    for address in (f"/en/verify/{printed.number}?code=wrong", f"/en/verify/QUI-2026-999999?code={printed.code}"):
        page = fetch_address(client, address, status=404)
        texts.add(page.text(".notice"))
    assert len(texts) == 1


@pytest.mark.parametrize("lang", ["ru", "ky"])
def test_the_code_survives_the_language_links(client: FlaskClient, printed: Printed, lang: str) -> None:
    page = fetch_address(client, printed.address)
    other = fetch_address(client, str(page.one(f".languages a[lang={lang}]")["href"]))
    assert other.soup.select(".notice.good")


@pytest.mark.database("sqlite")
def test_another_language_keeps_the_typed_number_and_code(client: FlaskClient, printed: Printed) -> None:
    button = fetch_address(client, "/en/verify/").one("button[form=receipt][value=ky]")
    typed = {"number": printed.number, "code": "half", "to_language": "ky"}
    page = Page(client.get(str(button["formaction"]), query_string=typed))
    assert page.answer.status_code == 200
    assert (page.one("#number")["value"], page.one("#code")["value"]) == (printed.number, "half")


def test_a_test_receipt_says_that_it_proves_nothing(client: FlaskClient) -> None:
    page = fetch_address(client, a_receipt_of(series="TEST-QUI").address)
    assert page.text(".notice h2") == "This is a test receipt"
    assert "It proves nothing" in page.text(".notice")
    assert not page.soup.select(".notice.good")
    assert "valid" not in page.text("main")


@pytest.mark.broken_books
@pytest.mark.parametrize(("reason", "word"), [("dispute", "disputed"), ("refund", "refunded in full")])
def test_a_void_receipt_says_why(client: FlaskClient, printed: Printed, reason: str, word: str) -> None:
    with transaction() as session:
        session.execute(update(Receipt).values(state="void", ended_at=NOW + timedelta(days=3), end_reason=reason))
    assert word in fetch_address(client, printed.address).text(".notice")


@pytest.mark.parametrize(
    ("number", "code", "read"),
    [
        (f"https://{HOST}/en/verify/{PASTED}?code={PASTED_CODE}", "", (PASTED, PASTED_CODE)),
        (f"{HOST}/ru/verify/{PASTED}?code={PASTED_CODE}#x", "", (PASTED, PASTED_CODE)),
        ("", f"https://{HOST}/ky/verify/{PASTED}?code={PASTED_CODE}", (PASTED, PASTED_CODE)),
        (f"https://{HOST}/en/verify/{PASTED}", PASTED_CODE, (PASTED, PASTED_CODE)),
        (f"https://evil.example/en/verify/{PASTED}?code={PASTED_CODE}", "", ("", "")),
        (f"https://{HOST}@evil.example/en/verify/{PASTED}?code={PASTED_CODE}", "", ("", "")),
        (f"https://{HOST}/en/donate?x=/verify/{PASTED}", "", ("", "")),
        ("http://[::1", PASTED_CODE, ("", PASTED_CODE)),
        (f"№ {PASTED}, code {PASTED_CODE}", "", (PASTED, PASTED_CODE)),
        (PASTED, PASTED_CODE, (PASTED, PASTED_CODE)),
        (PASTED, "", (PASTED, "")),
        *(
            (typed, "", (PASTED, PASTED_CODE))
            for typed in (
                f"{PASTED} {PASTED_CODE}",
                f"{PASTED}\t{PASTED_CODE[:5]} {PASTED_CODE[5:]}",
                f"{PASTED}; {PASTED_CODE.upper()}.",
                f"№ {PASTED.replace('-', ' ')} код: {PASTED_CODE}",
                f"Number: {PASTED}Code: {PASTED_CODE}",  # a field of one line drops the line break
                f"Code {PASTED_CODE}, number {PASTED}",
                f"{PASTED_CODE} {PASTED}",
            )
        ),
        ("", f"{PASTED} {PASTED_CODE}", (PASTED, PASTED_CODE)),
        (PASTED, f"{PASTED} {PASTED_CODE}", (PASTED, PASTED_CODE)),
        (f"{PASTED} {PASTED_CODE}", "0000000000", (PASTED, "0000000000")),
        (PASTED, "abc", (PASTED, "abc")),
        ("many words of no number", "", ("", "")),
    ],
)
def test_a_pasted_address_of_this_site_is_accepted(number: str, code: str, read: tuple[str, str]) -> None:
    assert read_typed_receipt(number, code, host=HOST) == TypedReceipt(*read)
