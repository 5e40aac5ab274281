"""The outside checks of `flask doctor`: the endpoint at the provider, our own webhook address, and ringing alarms."""

from collections.abc import Iterator

from campaign.cli.findings import CheckResult, Verdict
from campaign.config import Config
from campaign.database import reading
from campaign.domain.alarm import Severity
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.gateways.context import Context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.gateways.webhook_ping import PingAnswer, ping, ping_body
from campaign.i18n import in_language
from campaign.services.alarms import watching
from campaign.services.alarms.words import describe_alarm
from campaign.services.campaigns.settlement import settlement_currencies
from campaign.services.inbox import listing
from campaign.services.inbox.endpoint import EndpointStatus, check_endpoint, own_addresses
from campaign.services.organisation.setup import unsettled_goals
from campaign.services.queues.inbox import PING

SETUP = "flask --app wsgi stripe setup"


def examine_outside(config: Config, context: Context) -> Iterator[CheckResult]:
    """Yield every result that needs an outside query. Nothing changes but one ping stored in the inbox."""
    if config.payment_mode != "none":
        yield from _endpoint(config, context)
        yield _own_address(config, context)
        yield _goals(context)
    yield from _alarms(context, takes_cards=config.payment_mode != "none")


def _endpoint(config: Config, context: Context) -> Iterator[CheckResult]:
    addresses = own_addresses(config.public_url, port=config.port, mode=config.payment_mode)
    watching.note_endpoint(addresses, context=context, is_urged=True)  # the desk shows it too
    try:
        status = check_endpoint(context.endpoints, addresses)
    except PaymentsNotConfigured:
        return
    except (PaymentsUnavailable, PaymentRefused) as problem:
        yield CheckResult(
            Verdict.MISSING,
            f"The endpoint at Stripe could not be looked at: {problem}. A restricted key needs the permission to "
            "write Webhook Endpoints.",
        )
        return
    faults = list(_faults(status, addresses[0], api_version=context.endpoints.api_version or ""))
    yield from faults
    if not faults and status.endpoint:
        yield CheckResult(Verdict.OK, f"The endpoint at Stripe, {status.endpoint.id}, is right: {status.endpoint.url}.")
    if status.needless:
        yield CheckResult(
            Verdict.MISSING,
            f"The endpoint at Stripe sends events that nobody reads ({_few(status.needless)}): {SETUP}.",
        )
    if status.older:
        names = ", ".join(endpoint.id for endpoint in status.older)
        yield CheckResult(Verdict.MISSING, f"An older endpoint is still there ({names}): {SETUP} --retire.")


def _faults(status: EndpointStatus, address: str, *, api_version: str) -> Iterator[CheckResult]:
    endpoint = status.endpoint
    version, url = (endpoint.api_version, endpoint.url) if endpoint else ("", "")
    sentences = {
        "missing": f"The account at Stripe has no endpoint for {address}: {SETUP}.",
        "disabled": f"The endpoint at Stripe is switched off: {SETUP} switches it on.",
        "types": f"The endpoint at Stripe lacks {_few(status.lacking)}: {SETUP} adds what is missing.",
        "version": f"The endpoint at Stripe speaks {version}, not {api_version}: {SETUP} makes a new one.",
        "url": f"The endpoint at Stripe leads to {url}, not to {address}: {SETUP}, or correct PUBLIC_URL.",
    }
    yield from (CheckResult(Verdict.UNSAFE, sentences[fault]) for fault in status.faults)


def _own_address(config: Config, context: Context) -> CheckResult:
    """Post a signed ping to the address that the provider has, and check that it is stored."""
    if not config.stripe_webhook_secrets:
        return CheckResult(Verdict.UNSAFE, "Our own webhook address cannot be tried without STRIPE_WEBHOOK_SECRET.")
    [address, *_others] = own_addresses(config.public_url, port=config.port, mode=config.payment_mode)
    event_id = f"evt_ping_{new_public_id()}"
    body = ping_body(
        event_id,
        PING,
        at=context.clock.now(),
        livemode=config.payment_mode == "live",
        api_version=context.endpoints.api_version,
    )
    answer = ping(address, body, secret=config.stripe_webhook_secrets[0])
    if answer.status == 200 and _is_stored(event_id):
        return CheckResult(Verdict.OK, f"A signed event sent to {address} arrived here.")
    return CheckResult(Verdict.UNSAFE, f"A signed event sent to {address} {_what_became_of_it(answer)}")


def _goals(context: Context) -> CheckResult:
    """Check that gifts count toward every goal: the account is credited in the currency of each."""
    settlement = settlement_currencies(context.account)
    if not settlement.codes:
        return CheckResult(
            Verdict.MISSING,
            "Stripe does not say in which currencies the account is credited; no campaign can be opened. A restricted "
            "key needs the permission to read Accounts and Balance.",
        )
    codes = ", ".join(settlement.codes)
    with reading() as session:
        goals = unsettled_goals(session, settlement)
    if goals:
        named = ", ".join(f"{slug} ({currency})" for slug, currency in goals.items())
        return CheckResult(
            Verdict.UNSAFE, f"Gifts would not count toward the goal of {named}: the account is credited in {codes}."
        )
    return CheckResult(Verdict.OK, f"Goals are counted in currencies in which the account is credited: {codes}.")


def _what_became_of_it(answer: PingAnswer) -> str:
    match answer.status:
        case None:
            return f"got no answer ({answer.problem}): is the server running, and does PUBLIC_URL lead to it?"
        case 200:
            return "was taken by another installation: it is not in this database. Correct PUBLIC_URL or DATABASE_URL."
        case 301 | 302 | 303 | 307 | 308:
            return f"was sent on to {answer.location}. Stripe does not follow: let this path through as it is."
        case 400:
            return "was refused: the running server has another STRIPE_WEBHOOK_SECRET. Restart it after a change."
        case status:
            return f"was answered {status}: something in front of the server does not let it through."


def _is_stored(event_id: str) -> bool:
    try:
        listing.event(event_id)
    except NotFound:
        return False
    return True


def _alarms(context: Context, *, takes_cards: bool) -> Iterator[CheckResult]:
    """Yield what rings, without the endpoint, which was just checked."""
    ringing = watching.ringing_now(takes_cards=takes_cards, clock=context.clock)
    alarms = [alarm for alarm in ringing if not alarm.key.startswith("endpoint_")]
    with in_language("en"):
        for alarm in alarms:
            text = describe_alarm(alarm)
            is_safe = alarm.severity is not Severity.URGENT or bool(
                alarm.case
            )  # a single case keeps nobody from going live
            verdict = Verdict.MISSING if is_safe else Verdict.UNSAFE
            yield CheckResult(verdict, f"{text.sentence} {text.operator_action} ({text.anchor})")
    if not alarms:
        yield CheckResult(Verdict.OK, "No other alarm rings.")


def _few(names: tuple[str, ...]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - 4
    return ", ".join(names[:4]) + (f" and {more} more" if more > 0 else "")
