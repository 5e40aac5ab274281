"""Whose request it is: the address that our own proxies name, and nothing that a visitor writes.

Only the one header that the proxies are set to send is read, and only as many of its entries as there are proxies.
WSGI spells `X_Forwarded_For` like `X-Forwarded-For`, so a proxy must drop headers with underscores (nginx does by
default), or send `Forwarded`, whose name has no dash to imitate.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

WITH_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):\d+|\[([^\]]+)\](?::\d+)?")
FORWARDED_FOR = re.compile(r"(?:^|;)\s*for=(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
MAX_ENTRIES = 50


class ClientAddressMiddleware:
    """Puts the visitor's address into `REMOTE_ADDR`, in one spelling; what is no address leaves the proxy's own."""

    def __init__(self, app: WSGIApplication, *, proxies: int, header: str) -> None:
        self._app = app
        self._proxies = proxies
        self._header = "HTTP_" + header.upper().replace("-", "_")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        entries = str(environ.get(self._header, "")).split(",")[-MAX_ENTRIES:]
        if self._proxies and len(entries) >= self._proxies:
            entry = entries[-self._proxies]
            if self._header == "HTTP_FORWARDED":
                match = FORWARDED_FOR.search(entry)
                entry = match[1] if match else ""
            address = normalized_address(entry)
            if address:
                environ["REMOTE_ADDR"] = address
        return self._app(environ, start_response)


def normalized_address(text: str) -> str | None:
    """`203.0.113.7` for `203.0.113.7:4711`, `"[::ffff:203.0.113.7]:443"` and the like; None for what is no address."""
    bare = text.strip().strip('"')
    if with_port := WITH_PORT.fullmatch(bare):
        bare = with_port[1] or with_port[2]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
