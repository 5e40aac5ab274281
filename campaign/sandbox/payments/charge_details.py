"""The part of a charge about its card or account and the network's decision."""

from datetime import UTC, datetime, timedelta

from campaign.sandbox.catalogue.cards import Card
from campaign.sandbox.catalogue.means import Means
from campaign.sandbox.core.json_types import Json


def of_method(method: Json, *, charged_minor: int, at: int) -> Json:
    """Return `payment_method_details` of a charge of this amount at this time."""
    kind = method["type"]
    if kind == "card":
        return {"card": _card(method["card"], charged_minor), "type": kind}
    if kind == "sepa_debit":
        return {"sepa_debit": _debit(method, at), "type": kind}
    return {kind: {}, "type": kind}


def _card(card: Json, charged_minor: int) -> Json:
    return {
        "amount_authorized": charged_minor or None,
        "authorization_code": None,
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }


def _debit(method: Json, at: int) -> Json:
    debit = method["sepa_debit"]
    expected = datetime.fromtimestamp(at, UTC) + timedelta(days=2)
    return {
        **{name: debit[name] for name in ("bank_code", "branch_code", "country", "fingerprint", "last4")},
        "expected_debit_date": expected.date().isoformat(),
        "mandate": f"mandate_{method['id'][3:]}",
    }


def outcome(given: Means, *, failed: bool) -> Json:
    """Return the network's decision."""
    if not isinstance(given, Card):
        return _authorized("not_assessed", None, reason=None)
    if not failed:
        score = {"normal": 20, "elevated": 70}.get(given.risk, 90)
        return _authorized(given.risk, score, reason="elevated_risk_level" if given.risk == "elevated" else None)
    blocked = given.decline_code == "fraudulent"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": "highest_risk_level" if blocked else given.decline_code or given.decline,
        "risk_level": given.risk,
        "risk_score": 90 if blocked else 20,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "blocked" if blocked else "issuer_declined",
    }


def _authorized(risk: str, score: int | None, *, reason: str | None) -> Json:
    outcome_fields: Json = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": reason,
        "risk_level": risk,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    return outcome_fields if score is None else {**outcome_fields, "risk_score": score}
