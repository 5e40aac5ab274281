"""Which addresses may be of one person, and which may not."""

import pytest

from campaign.domain.donor_match import DuplicateSign, duplicate_sign, slips


@pytest.mark.parametrize(
    ("text", "other", "count"),
    [("gmail.com", "gmial.com", 1), ("gmail.com", "gmail.co", 1), ("mail.ru", "mail.ru", 0), ("a", "wxyz", 3)],
)
def test_swapped_dropped_and_changed_letters_are_counted(text: str, other: str, count: int) -> None:
    assert slips(text, other) == slips(other, text) == count


@pytest.mark.parametrize(
    ("email", "other", "have_same_name", "sign"),
    [
        ("aida@gmail.com", "aida@gmial.com", False, DuplicateSign.DOMAIN_TYPO),
        ("a.ida+kurak@gmail.com", "aida@gmail.con", False, DuplicateSign.DOMAIN_TYPO),
        ("info@mail.ru", "info@bk.ru", False, None),
        ("info@felt.kg", "info@felt.kz", False, None),
        ("aida@gmail.com", "aida@felt.kg", True, DuplicateSign.SAME_NAME),
        ("aidana@gmail.com", "aidama@mail.ru", True, DuplicateSign.SAME_NAME),
        ("aida@gmail.com", "anna@gmail.com", True, None),
        ("aidana@gmail.com", "aidama@gmail.com", False, None),
        ("aida@gmail.com", "bermet@gmail.com", True, None),
    ],
)
def test_a_pair_is_proposed_by_a_slip_or_by_name_and_address(
    email: str, other: str, have_same_name: bool, sign: DuplicateSign | None
) -> None:
    assert duplicate_sign(email, other, have_same_name=have_same_name) == sign
