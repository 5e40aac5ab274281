"""What `flask doctor` asks outside: the endpoint at the provider, our own webhook address, and what alarms ring."""

from collections.abc import Iterator

from campaign.cli.findings import CheckResult, Verdict
from campaign.config import Config
from campaign.domain.alarm import Severity
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.gateways.context import Context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.gateways.webhook_ping import PingAnswer, ping, ping_body
from campaign.i18n import in_language
from campaign.services.alarms import watching
from campaign.services.alarms.words import describe_alarm
from campaign.services.inbox import listing
from campaign.services.inbox.endpoint import EndpointStatus, look_at_endpoint, own_addresses
from campaign.services.queues.inbox import PING

SETUP = "flask --app wsgi stripe setup"


def examine_outside(config: Config, context: Context) -> Iterator[CheckResult]:
    """Every finding for which somebody has to be asked. Nothing is changed but one ping stored in the inbox."""
    if config.payment_mode != "none":
        yield from _endpoint(config, context)
        yield _own_address(config, context)
    yield from _alarms(context, takes_cards=config.payment_mode != "none")


def _endpoint(config: Config, context: Context) -> Iterator[CheckResult]:
    addresses = own_addresses(config.public_url, port=config.port, mode=config.payment_mode)
    watching.note_endpoint(addresses, context=context, is_urged=True)  # the desk shows it too
    try:
        seen = look_at_endpoint(context.endpoints, addresses)
    except PaymentsNotConfigured:
        return
    except (PaymentsUnavailable, PaymentRefused) as problem:
        yield CheckResult(
            Verdict.MISSING,
            f"The endpoint at Stripe could not be looked at: {problem}. A restricted key needs the permission to "
            "write Webhook Endpoints.",
        )
        return
    found = list(_faults(seen, addresses[0], wanted=context.endpoints.api_version or ""))
    yield from found
    if not found and seen.endpoint:
        yield CheckResult(Verdict.OK, f"The endpoint at Stripe, {seen.endpoint.id}, is right: {seen.endpoint.url}.")
    if seen.needless:
        yield CheckResult(
            Verdict.MISSING, f"The endpoint at Stripe sends events that nobody reads ({_few(seen.needless)}): {SETUP}."
        )
    if seen.older:
        names = ", ".join(endpoint.id for endpoint in seen.older)
        yield CheckResult(Verdict.MISSING, f"An older endpoint is still there ({names}): {SETUP} --retire.")


def _faults(seen: EndpointStatus, address: str, *, wanted: str) -> Iterator[CheckResult]:
    found = seen.endpoint
    told = {
        "missing": f"The account at Stripe has no endpoint for {address}: {SETUP}.",
        "disabled": f"The endpoint at Stripe is switched off: {SETUP} switches it on.",
        "types": f"The endpoint at Stripe lacks {_few(seen.lacking)}: {SETUP} adds what is missing.",
        "version": f"The endpoint at Stripe speaks {found.api_version if found else ''}, not {wanted}: {SETUP} makes a new one.",
        "url": f"The endpoint at Stripe leads to {found.url if found else ''}, not to {address}: {SETUP}, or mend PUBLIC_URL.",
    }
    yield from (CheckResult(Verdict.UNSAFE, told[fault]) for fault in seen.faults)


def _own_address(config: Config, context: Context) -> CheckResult:
    """Post a signed event about nothing to the address that the provider is given, and see it stored."""
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


def _what_became_of_it(answer: PingAnswer) -> str:
    match answer.status:
        case None:
            return f"got no answer ({answer.problem}): is the server running, and does PUBLIC_URL lead to it?"
        case 200:
            return "was taken by another installation: it is not in this database. Mend PUBLIC_URL or DATABASE_URL."
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
    """What rings, but for the endpoint, which has just been looked at."""
    ringing = watching.ringing_now(takes_cards=takes_cards, clock=context.clock)
    found = [alarm for alarm in ringing if not alarm.key.startswith("endpoint_")]
    with in_language("en"):
        for alarm in found:
            told = describe_alarm(alarm)
            is_safe = alarm.severity is not Severity.URGENT or bool(
                alarm.case
            )  # a single case keeps nobody from going live
            verdict = Verdict.MISSING if is_safe else Verdict.UNSAFE
            yield CheckResult(verdict, f"{told.sentence} {told.operator_action} ({told.anchor})")
    if not found:
        yield CheckResult(Verdict.OK, "No other alarm rings.")


def _few(names: tuple[str, ...]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - 4
    return ", ".join(names[:4]) + (f" and {more} more" if more > 0 else "")
