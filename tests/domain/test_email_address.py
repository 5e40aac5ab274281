"""Email addresses are judged as mail servers do, and shown as people write them."""

import pytest

from campaign.domain.email_address import (
    EmailProblem,
    InvalidEmail,
    ascii_email,
    email_key,
    parse_email,
    readable_email,
)
from campaign.domain.email_typos import suggest_email

LABELS = f"{'b' * 60}.{'c' * 60}.{'d' * 60}.org"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Aida@Example.ORG ", "Aida@example.org"),
        ("aida@Почта.РФ", "aida@почта.рф"),
        ("aida@xn--80a1acny.xn--p1ai", "aida@почта.рф"),
        ("a+b_c.d'e@sub.example.kg", "a+b_c.d'e@sub.example.kg"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_address_that_servers_accept_is_accepted(typed: str, address: str) -> None:
    assert parse_email(typed) == address


@pytest.mark.parametrize(
    ("typed", "problem", "letters"),
    [
        ("\u0430id\u0430@mail.ru", EmailProblem.LOOK_ALIKE, "\u0430"),
        ("aida@gm\u0430il.c\u043em", EmailProblem.LOOK_ALIKE, "\u0430\u043e"),
        ("aida@\u0430\u043e.com", EmailProblem.LOOK_ALIKE, "\u0430\u043e"),
        ("айда@example.com", EmailProblem.CYRILLIC, "йд"),
        ("aïda@example.com", EmailProblem.LETTER, "ï"),
        ("a" * 65 + "@example.org", EmailProblem.LOCAL_TOO_LONG, ""),
        (f"{'a' * 60}@{'e' * 10}.{LABELS}", EmailProblem.TOO_LONG, ""),
        *(
            (text, EmailProblem.SYNTAX, "")
            for text in ("nobody", "a@b", "@b.org", "a..b@c.org", "a@-b.org", "a@b_c.org")
        ),
        *(
            (text, EmailProblem.SYNTAX, "")
            for text in ("a@1.2.3.4", "a@b.org, c@d.org", '"a b"@c.org', "a@" + "б" * 64 + ".рф")
        ),
    ],
)
def test_an_address_that_no_server_accepts_is_refused_with_the_reason(
    typed: str, problem: EmailProblem, letters: str
) -> None:
    with pytest.raises(InvalidEmail) as refused:
        parse_email(typed)
    assert (refused.value.problem, "".join(refused.value.letters)) == (problem, letters)


def test_only_the_wire_has_the_domain_in_ascii() -> None:
    assert ascii_email("aida@почта.рф") == "aida@xn--80a1acny.xn--p1ai"
    assert readable_email(ascii_email("aida@почта.рф")) == "aida@почта.рф"
    assert readable_email("aida@xn--999999999.ru") == "aida@xn--999999999.ru"


def test_one_mailbox_has_one_key_and_two_have_two() -> None:
    assert email_key(" Aida@ПОЧТА.рф") == email_key("aida@xn--80a1acny.xn--p1ai")
    assert email_key("strasse@example.org") != email_key("straße@example.org")
    assert email_key("aidas@example.org") != email_key("aida\u017f@example.org")  # a long s, which folds to s


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(
            (domain, "gmail.com")
            for domain in ("gmail.con", "gmial.com", "gmai.com", "gmail.co", "gmaill.com", "jmail.com")
        ),
        *((domain, "gmail.com") for domain in ("gmail.ru", "gmail.kg", "gmail.com.ru", "gmial.ru", "gmai.ru")),
        *(("icloud.ru", "icloud.com"), ("googlemail.ru", "googlemail.com")),
        *((domain, "mail.ru") for domain in ("mail.ry", "mial.ru", "maill.ru")),
        *(("yandx.ru", "yandex.ru"), ("hotmial.com", "hotmail.com"), ("firma.con", "firma.com"), ("bk.ry", "bk.ru")),
        *(
            (domain, None)
            for domain in (
                "gmail.com",
                "googlemail.com",
                "icloud.com",
                "mail.com",
                "mail.kg",
                "gmail.example.org",
                "ymail.com",
                "yandex.by",
                "example.org",
                "ao.ru",
            )
        ),
    ],
)
def test_a_slip_in_a_common_domain_is_guessed(typed: str, meant: str | None) -> None:
    assert suggest_email(f"aida@{typed}") == (f"aida@{meant}" if meant else None)
