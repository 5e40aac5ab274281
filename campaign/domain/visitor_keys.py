"""The keys by which attempts are counted: a visitor's address, their network and their mailbox."""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from campaign.domain.abuse import Kind
from campaign.domain.email_address import email_key


def network_keys(address: str | None) -> dict[Kind, str]:
    """The address and network that attempts are counted by; nothing where the visitor's address is not known.

    An IPv6 household or handset has a /64 of its own, and a site a /48; an IPv4 address written as IPv6 is itself.
    """
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return {}
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        near, far = 64, 48
    else:
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        near, far = 32, 24
    return {
        Kind.ADDRESS: str(ip_network((parsed, near), strict=False)),
        Kind.NETWORK: str(ip_network((parsed, far), strict=False)),
    }


def normalized_email(email: str) -> str:
    """Return `email_key` without what stands after a plus, which one mailbox can vary at will."""
    name, _, host = email_key(email).rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def key_of(kind: str, value: str, *, secret: str) -> str:
    """What a counter is found by: it tells nobody without the installation's secret what was counted."""
    key = hashlib.sha256(f"abuse:{secret}".encode()).digest()
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]
