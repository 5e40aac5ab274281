"""Passwords of staff: a weak one is refused, a too long one is wrong."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.extensions import db
from campaign.models.staff import Staff
from campaign.services.staff.accounts import add_staff
from tests.blueprints.admin.client import browser_of, token_of
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # plain rows
EMAIL, PASSWORD, OWN = "finance@quilt.example", "a-patch-and-a-seam", "another-patch-and-a-seam"
TOO_LONG = ["x" * 4097, "x" * 1025, "\ufdfa" * 1000]


def sign_in(client: FlaskClient, password: str) -> TestResponse:
    return fetch_address(client, "/staff/login").submit(client, email=EMAIL, password=password)


def choose(client: FlaskClient, present: str, new: str) -> TestResponse:
    page = fetch_address(client, "/staff/password")
    return page.submit(client, password=present, new_password=new, new_password_confirm=new)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "at least 12 characters"),
        ("x" * 1025, "at most 1024 characters"),
        ("password1234", "too easy to guess"),
        ("Finance-quilt-1", "too much of your name"),
    ],
)
def test_a_bad_choice_is_refused_with_the_reason(
    app: Flask, clock: SettableClock, client: FlaskClient, new: str, said: str
) -> None:
    a_campaign()
    add_staff(EMAIL, name="Finance", roles=("finance",), clock=clock, password=PASSWORD)
    sign_in(client, PASSWORD)
    page = Page(choose(client, PASSWORD, new))
    assert said in page.text(".error-summary")


@pytest.mark.parametrize("password", TOO_LONG, ids=["4097", "1025", "normalized"])
def test_a_password_that_is_too_long_is_a_wrong_one(
    app: Flask, clock: SettableClock, client: FlaskClient, password: str
) -> None:
    a_campaign()
    member = a_member_of_staff(email=EMAIL, password="$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
    answer = sign_in(client, password)
    assert (answer.status_code, "The email address or password is wrong." in answer.text) == (200, True)
    desk = browser_of(app, clock, member)
    again = fetch_address(desk, "/staff/verify").submit(desk, password=password)
    assert (again.status_code, "The password is wrong." in again.text) == (200, True)
    changed = choose(desk, password, OWN)
    assert (changed.status_code, "The password is wrong." in changed.text) == (200, True)
    assert token_of(desk)
    assert db.session().execute(select(Staff.password)).scalar_one() == member.password
