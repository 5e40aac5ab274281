"""Cookies of donors' browsers: signed for one purpose and a limited time, each made by one piece of code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, Response
from itsdangerous import URLSafeTimedSerializer

from campaign.blueprints.donations import draft, gift_cookie, mailbox_proof
from campaign.web.signed_cookie import MAX_LENGTH, SignedCookie

pytestmark = pytest.mark.database("sqlite")
KINDS = (draft.COOKIE, mailbox_proof.COOKIE, gift_cookie.COOKIE)
CAMPAIGN = Path(__file__).parents[3] / "campaign"


def sent(cookie: SignedCookie, value: object) -> str:
    answer = Response()
    cookie.put(answer, cookie.sign(value))
    return answer.headers["Set-Cookie"]


def read_back(app: Flask, cookie: SignedCookie, header: str, *, name: str | None = None) -> object:
    its_name, _, value = header.partition(";")[0].partition("=")
    with app.test_request_context("/", headers={"Cookie": f"{name or its_name}={value}"}):
        return cookie.read()


@pytest.mark.parametrize("cookie", KINDS)
def test_it_is_out_of_reach_of_scripts_and_other_hosts(app: Flask, cookie: SignedCookie) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    header = sent(cookie, ["one"])
    assert header.startswith(f"__Host-{cookie.name}=")
    attributes = {"Secure", "HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={int(cookie.life.total_seconds())}"}
    assert attributes <= set(header.split("; "))
    assert "Domain" not in header
    assert read_back(app, cookie, header) == ["one"]


@pytest.mark.parametrize("cookie", KINDS)
def test_the_value_of_another_purpose_or_another_time_is_none(app: Flask, cookie: SignedCookie) -> None:
    others = [other for other in KINDS if other is not cookie]
    assert [read_back(app, cookie, sent(other, ["x"]), name=cookie.name) for other in others] == [None, None]
    ended = SignedCookie(name=cookie.name, purpose=cookie.purpose, life=timedelta(seconds=-1))
    assert read_back(app, ended, sent(cookie, ["x"])) is None


def test_a_value_that_is_too_long_is_neither_written_nor_read(app: Flask) -> None:
    emails = [chr(0x4E00 + number * 7919 % 20000) for number in range(2000)]  # hardly compressible
    assert gift_cookie.COOKIE.sign(emails) is None
    signed = URLSafeTimedSerializer(str(app.secret_key), salt=gift_cookie.COOKIE.purpose).dumps(emails)
    assert len(signed) > MAX_LENGTH
    assert read_back(app, gift_cookie.COOKIE, f"{gift_cookie.COOKIE.name}={signed}") is None


@pytest.mark.parametrize("forbidden", [r"\.set_cookie\(", r"\.delete_cookie\("])
def test_one_piece_of_code_sets_cookies(forbidden: str) -> None:
    modules = [path for folder in ("blueprints", "web") for path in (CAMPAIGN / folder).rglob("*.py")]
    files = {path.name for path in modules if re.search(forbidden, path.read_text(encoding="utf-8"))}
    assert files == {"signed_cookie.py"}
