"""The hosted pages under the product's own address: the pages and nothing else."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.blueprints import sandbox
from tests.sandbox.gifts import open_gift
from tests.sandbox.running import RunningSandbox

TEMPLATES = Path(sandbox.__file__).parents[2] / "templates"


def product_at(sandbox_url: str) -> FlaskClient:
    """A product that is nothing but the proxy."""
    app = Flask("product", template_folder=str(TEMPLATES))
    app.config.update(KURAK=SimpleNamespace(sandbox_url=sandbox_url), TESTING=True)
    app.register_blueprint(sandbox.bp)
    return app.test_client()


@pytest.fixture
def product(running: RunningSandbox) -> FlaskClient:
    return product_at(running.api_base)


def test_a_gift_is_paid_through_the_products_address(running: RunningSandbox, product: FlaskClient) -> None:
    session = open_gift(running.client(), locale="auto")
    path = f"/sandbox/c/{session['id']}"
    page = product.get(path, headers={"Accept-Language": "ru"})
    assert "ТЕСТОВЫЙ РЕЖИМ" in page.text
    assert "form-action 'self' http://127.0.0.1:8310" in page.headers["Content-Security-Policy"]
    token = page.text.split('name="token" value="')[1].split('"')[0]
    card = {"number": "4242424242424242", "expiry": "12/34", "cvc": "123"}
    assert product.post(path, data={**card, "token": "forged"}).status_code == 400
    paid = product.post(path, data={**card, "token": token})
    assert paid.status_code == 303
    assert paid.headers["Location"].endswith(session["id"])


def test_the_style_sheet_comes_through(product: FlaskClient) -> None:
    assert product.get("/sandbox/static/checkout.css").content_type.startswith("text/css")


@pytest.mark.parametrize("path", ["/v1/balance", "/sandbox/api/truth", "/sandbox/v1/balance"])
def test_the_api_and_the_levers_do_not(product: FlaskClient, path: str) -> None:
    assert product.get(path).status_code == 404


def test_an_address_cannot_climb_out_of_the_pages(running: RunningSandbox, product: FlaskClient) -> None:
    for path in ("/sandbox/c/../api/truth", "/sandbox/c/%2e%2e/api/truth", "/sandbox/static/../api/truth"):
        assert "data" not in (product.get(path).get_json(silent=True) or {})


def test_a_sandbox_that_is_not_there_is_said_plainly() -> None:
    answer = product_at("http://127.0.0.1:9").get("/sandbox/c/cs_test_1")
    assert answer.status_code == 502
    assert "The Stripe sandbox is not running" in answer.text
