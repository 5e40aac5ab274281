"""The words of the hosted pages in English and Russian; Stripe's page has no Kyrgyz either."""

from typing import Final

from campaign.sandbox.money import exponent

LANGUAGES: Final = ("en", "ru")

TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "banner": "TEST MODE: no money moves. This page stands in for Stripe.",
        "title": "Pay {merchant}",
        "total": "Total",
        "email": "E-mail",
        "number": "Card number",
        "expiry": "Expiry date (MM/YY)",
        "cvc": "Security code (CVC)",
        "name": "Name on card",
        "donate": "Donate {amount}",
        "pay": "Pay {amount}",
        "book": "Book for {amount}",
        "cancel": "Back to {merchant}",
        "problem": "The payment was not made",
        "cards": "Test cards",
        "cards_hint": "Choose one to fill in the form. Any other number is refused.",
        "card_ok": "succeeds",
        "card_3ds": "asks for 3-D Secure, then succeeds",
        "card_3ds_declined": "asks for 3-D Secure, then is declined",
        "card_declined": "declined: {code}",
        "card_refund_pending": "succeeds; its refund is pending first",
        "card_refund_fails": "succeeds; its refund fails later",
        "card_at_once": "succeeds; the money is available at once",
        "closed_complete": "This payment is complete",
        "closed_expired": "This checkout has expired",
        "closed_expired_hint": "Nothing was charged. You can start again.",
        "continue": "Continue",
        "not_found": "There is no such checkout",
        "stale": "This page was open for too long or is not ours. Please try again.",
        "secure_title": "Confirm the payment",
        "secure_hint": "Your bank would now ask whether it is really you (3-D Secure).",
        "secure_pass": "Complete authentication",
        "secure_fail": "Fail authentication",
        "bad_email": "Enter an e-mail address.",
        "bad_number": "Your card number is a real or unknown one: this is a test page.",
        "bad_expiry": "Enter a date in the future, such as 12/34.",
        "bad_cvc": "Enter the {digits} digits of the security code.",
        "generic_decline": "Your card was declined.",
        "insufficient_funds": "Your card has insufficient funds.",
        "lost_card": "Your card was declined.",
        "stolen_card": "Your card was declined.",
        "card_velocity_exceeded": "Your card was declined: too many payments.",
        "fraudulent": "Your card was declined.",
        "expired_card": "Your card has expired.",
        "incorrect_cvc": "Your card's security code is incorrect.",
        "processing_error": "An error occurred while processing your card. Please try again.",
        "incorrect_number": "Your card number is incorrect.",
        "payment_intent_authentication_failure": (
            "We could not authenticate your card. Choose another card and try again."
        ),
    },
    "ru": {
        "banner": "ТЕСТОВЫЙ РЕЖИМ: деньги не списываются. Эта страница заменяет Stripe.",
        "title": "Оплата для {merchant}",
        "total": "Итого",
        "email": "Эл. почта",
        "number": "Номер карты",
        "expiry": "Срок действия (ММ/ГГ)",
        "cvc": "Код безопасности (CVC)",
        "name": "Имя на карте",
        "donate": "Пожертвовать {amount}",
        "pay": "Оплатить {amount}",
        "book": "Забронировать за {amount}",
        "cancel": "Вернуться на сайт {merchant}",
        "problem": "Платёж не прошёл",
        "cards": "Тестовые карты",
        "cards_hint": "Выберите карту, чтобы заполнить форму. Другие номера не принимаются.",
        "card_ok": "платёж проходит",
        "card_3ds": "запрашивает 3-D Secure, затем платёж проходит",
        "card_3ds_declined": "запрашивает 3-D Secure, затем отказ",
        "card_declined": "отказ: {code}",
        "card_refund_pending": "платёж проходит; возврат сначала в обработке",
        "card_refund_fails": "платёж проходит; возврат позже не удаётся",
        "card_at_once": "платёж проходит; деньги доступны сразу",
        "closed_complete": "Платёж завершён",
        "closed_expired": "Время на оплату истекло",
        "closed_expired_hint": "Деньги не списаны. Можно начать заново.",
        "continue": "Продолжить",
        "not_found": "Такой страницы оплаты нет",
        "stale": "Страница была открыта слишком долго или она не наша. Попробуйте ещё раз.",
        "secure_title": "Подтвердите платёж",
        "secure_hint": "Сейчас ваш банк спросил бы, действительно ли это вы (3-D Secure).",
        "secure_pass": "Подтвердить",
        "secure_fail": "Отклонить",
        "bad_email": "Введите адрес эл. почты.",
        "bad_number": "Номер карты настоящий или неизвестный: это тестовая страница.",
        "bad_expiry": "Введите будущую дату, например 12/34.",
        "bad_cvc": "Введите код безопасности, цифр: {digits}.",
        "generic_decline": "Карта отклонена.",
        "insufficient_funds": "На карте недостаточно средств.",
        "lost_card": "Карта отклонена.",
        "stolen_card": "Карта отклонена.",
        "card_velocity_exceeded": "Карта отклонена: слишком много платежей.",
        "fraudulent": "Карта отклонена.",
        "expired_card": "Срок действия карты истёк.",
        "incorrect_cvc": "Неверный код безопасности карты.",
        "processing_error": "При обработке карты произошла ошибка. Попробуйте ещё раз.",
        "incorrect_number": "Неверный номер карты.",
        "payment_intent_authentication_failure": (
            "Не удалось подтвердить карту. Выберите другую карту и попробуйте ещё раз."
        ),
    },
}


def amount_text(amount_minor: int, currency: str, language: str) -> str:
    """An amount for the payer: ``1,250.00 USD`` or ``1 250,00 USD``."""
    places = exponent(currency)
    whole, rest = divmod(amount_minor, 10**places)
    digits = f"{whole:,}" + (f".{rest:0{places}d}" if places else "")
    if language == "ru":
        digits = digits.translate({ord(","): "\N{NO-BREAK SPACE}", ord("."): ","})
    return f"{digits}\N{NO-BREAK SPACE}{currency.upper()}"
