"""Who paid, as the provider reports it: names that can be seen, and addresses as people write them."""

from campaign.gateways.stripe_facts import MAX_NAME, email_of, name_of


def test_a_payers_name_that_shows_nothing_is_no_name() -> None:
    assert name_of({"name": "\u3164 \u200b"}) is None
    assert name_of({"name": None}) is None
    assert name_of({"customer_name": " Aida\u202e  Bekova\n"}, "customer_name") == "Aida Bekova"
    assert len(name_of({"name": "A" * 5000}) or "") == MAX_NAME


def test_a_payers_address_has_its_domain_in_its_own_letters() -> None:
    assert email_of({"email": "aida@xn--80a1acny.xn--p1ai"}) == "aida@почта.рф"
    assert email_of({"email": None}) is None
