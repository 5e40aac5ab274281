"""The test cards that the hosted page takes, and what each of them does. Any other number is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A published test number and its behaviour."""

    number: str
    brand: str = "visa"
    funding: str = "credit"
    decline: str | None = None  # Stripe's error code; the charge fails with it
    decline_code: str | None = None  # the decline code, with card_declined
    rejected: bool = False  # refused before a charge is made
    three_d_secure: bool = False
    always_secure: bool = False  # requires authentication for renewals too
    fails_later: bool = False  # the first payment of a subscription succeeds despite `decline`
    refund: str = "succeeded"  # succeeded · pending · fails
    funds_at_once: bool = False
    risk: str = "normal"
    dispute: str | None = None  # the reason of the dispute that follows the payment
    inquiry: bool = False  # the dispute begins as an inquiry and takes no money yet
    warning: bool = False  # the bank reports fraud before the owner disputes

    @property
    def last4(self) -> str:
        """The last four digits, the only ones that are stored."""
        return self.number[-4:]

    @property
    def cvc_length(self) -> int:
        """The length of the security code: four on American Express, three elsewhere."""
        return 4 if self.brand == "amex" else 3


def _declined(number: str, decline_code: str) -> Card:
    return Card(number, decline="card_declined", decline_code=decline_code)


_CARDS = (
    Card("4242424242424242"),
    Card("4000056655665556", funding="debit"),
    Card("5555555555554444", brand="mastercard"),
    Card("378282246310005", brand="amex"),
    Card("4000000000000077", funds_at_once=True),
    _declined("4000000000000002", "generic_decline"),
    _declined("4000000000009995", "insufficient_funds"),
    _declined("4000000000009987", "lost_card"),
    _declined("4000000000009979", "stolen_card"),
    _declined("4000000000006975", "card_velocity_exceeded"),
    Card("4000000000000069", decline="expired_card"),
    Card("4000000000000127", decline="incorrect_cvc"),
    Card("4000000000000119", decline="processing_error"),
    Card("4242424242424241", decline="incorrect_number", rejected=True),
    Card("4000002500003155", three_d_secure=True),
    Card("4000002760003184", three_d_secure=True, always_secure=True),
    Card(
        "4000008400001629",
        three_d_secure=True,
        decline="card_declined",
        decline_code="generic_decline",
    ),
    Card("4000000000000341", decline="card_declined", decline_code="generic_decline", fails_later=True),
    Card("4000000000000259", dispute="fraudulent"),
    Card("4000000000002685", dispute="product_not_received"),
    Card("4000000000001976", dispute="fraudulent", inquiry=True),
    Card("4000000000005423", warning=True),
    Card("4000000000007726", refund="pending"),
    Card("4000000000005126", refund="fails"),
    Card("4100000000000019", decline="card_declined", decline_code="fraudulent", risk="highest"),
    Card("4000000000004954", risk="highest"),
    Card("4000000000009235", risk="elevated"),
)

CARDS = {card.number: card for card in _CARDS}

# The names Stripe gives to ready-made payment methods and card tokens.
TOKENS = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "bypassPending": "4000000000000077",
    "chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclined": "4000000000000002",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedLostCard": "4000000000009987",
    "visa_chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeDeclinedVelocityLimitExceeded": "4000000000006975",
    "chargeCustomerFail": "4000000000000341",
    "createDispute": "4000000000000259",
    "createDisputeProductNotReceived": "4000000000002685",
    "createDisputeInquiry": "4000000000001976",
    "createIssuerFraudRecord": "4000000000005423",
    "riskLevelElevated": "4000000000009235",
    "threeDSecure2Required": "4000002760003184",
    "threeDSecureRequired": "4000002760003184",
    "authenticationRequired": "4000002760003184",
    "threeDSecureRequiredChargeDeclined": "4000008400001629",
    "pendingRefund": "4000000000007726",
    "refundFail": "4000000000005126",
}

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
    "payment_intent_authentication_failure": (
        "The provided payment method has failed authentication. You can provide payment_method_data"
        " or a new PaymentMethod to attempt to fulfill this PaymentIntent again."
    ),
}


def card_of_token(token: str) -> Card | None:
    """Return the card of `pm_card_…` or `tok_…`, if it is a ready-made one."""
    for prefix in ("pm_card_", "tok_"):
        if token.startswith(prefix):
            return CARDS.get(TOKENS.get(token.removeprefix(prefix), ""))
    return None


def message_of(card: Card) -> str:
    """Return Stripe's message to the payer about this decline."""
    if card.decline_code == "insufficient_funds":
        return MESSAGES["insufficient_funds"]
    return MESSAGES[card.decline or "card_declined"]
