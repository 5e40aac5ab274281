"""Where a donor came from: anybody can write anything into an address, so little of it stays."""

import pytest

from campaign.domain.gift_source import MAX_TAG, clean_host, clean_tag, host_of_referrer


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Newsletter", "newsletter"),
        ("  spring\u202e_2027 ", "spring_2027"),
        ("Весенняя рассылка", "весенняя рассылка"),
        ("<script>alert(1)</script>", "script alert 1 /script"),
        ("x" * 500, "x" * MAX_TAG),
        ("aida@example.org", None),
        ("+996 555 123-456", None),
        ("\u2800", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_is_cut_and_cleaned_and_names_nobody(text: str | None, tag: str | None) -> None:
    assert clean_tag(text) == tag


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.Facebook.com/groups/1?user=aida", "facebook.com"),
        ("https://aida:secret@news.example:8080/a", "news.example"),
        ("android-app://org.telegram.messenger/", "org.telegram.messenger"),
        ("https://kurak.example/en/", None),
        ("https://www.kurak.example", None),
        ("https://checkout.stripe.com/c/pay/cs_1", None),
        ("http://192.168.0.1/", None),
        ("javascript:alert(1)", None),
        ("https://" + "a" * 200 + ".example/", None),
        ("", None),
        (None, None),
    ],
)
def test_of_a_referrer_only_the_host_of_another_site_stays(referrer: str | None, host: str | None) -> None:
    assert host_of_referrer(referrer, own={"kurak.example", "checkout.stripe.com"}) == host


def test_a_host_is_a_name_with_a_dot() -> None:
    assert [clean_host(text) for text in ("t.me", "localhost", "a b.example", "x.example/path")] == [
        "t.me",
        *[None] * 3,
    ]
