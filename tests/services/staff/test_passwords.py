"""What a password of staff must be."""

import pytest

from campaign.services.staff.passwords import PasswordProblem, is_too_long, problem_of

OWN = ("Айгүл Osmonova", "aigul.finance@quilt.example", "https://give.rukodelie.kg")
EASY, SHORT, LONG, PERSONAL = (
    PasswordProblem.EASY,
    PasswordProblem.TOO_SHORT,
    PasswordProblem.TOO_LONG,
    PasswordProblem.OWN_DATA,
)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("a-patch-and-a-seam", None),
        ("лоскут и ещё один шов", None),
        ("many-small-pieces", None),
        ("short-seam1", SHORT),
        ("", SHORT),
        ("x" * 1025, LONG),
        ("\ufdfa" * 200, LONG),  # eighteen characters each, once normalized
        ("password1234", EASY),
        ("qwertyuiop12", EASY),
        ("йцукенгшщзхъ", EASY),
        ("парольпароль", EASY),
        ("iloveyou2024!", EASY),
        ("123456789012", EASY),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", EASY),
        ("Osmonova-1990", PERSONAL),
        ("osmonova.aigul", PERSONAL),
        ("АЙГҮЛ-айгүл-1", PERSONAL),
        ("rukodelie-2026!", PERSONAL),
        ("finance12345", PERSONAL),
        ("osmonova-patched-a-seam", None),
    ],
)
def test_a_password_is_judged(password: str, problem: PasswordProblem | None) -> None:
    assert problem_of(password, OWN) is problem


def test_what_is_long_is_not_compared() -> None:
    assert is_too_long("x" * 1025)
    assert not is_too_long("x" * 1024)
