"""A production installation: no sandbox, no developers' pages, and forms that may lead to Stripe and nowhere else."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from campaign import create_app
from campaign.extensions import db
from campaign.gateways.mailer import MailUnavailable
from tests.gateways.test_smtp_mailer import Mailbox, a_letter, serving
from tests.support.builders import a_campaign
from tests.support.databases import config_for

LIVE: dict[str, Any] = {
    "app_env": "production",
    "public_url": "https://quilt.example",
    "secret_key": "x" * 40,
    "stripe_secret_key": "sk_live_of_a_test_that_calls_nobody",
    "stripe_webhook_secrets": ("whsec_1",),
    "mail_url": "smtp://127.0.0.1:9",
}
ALONE = """
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from campaign import create_app
from tests.support.databases import config_for
create_app(replace(config_for(f"sqlite:///{sys.argv[1]}/none.sqlite", instance=Path(sys.argv[1])), **eval(sys.argv[2])))
print(sorted(name for name in sys.modules if name.startswith(("campaign.sandbox", "campaign.blueprints.sandbox",
    "campaign.blueprints.development", "weasyprint"))))
"""


@pytest.fixture
def live(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(replace(config_for(database_url, instance=tmp_path), **LIVE))
    with app.app_context():
        a_campaign()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "address", ["/sandbox/", "/sandbox/c/cs_test_1", "/dev/mail", "/dev/components", "/sandbox/api/truth"]
)
def test_pages_for_development_are_missing_in_production(live: Flask, address: str) -> None:
    answer = live.test_client().get(address, base_url="https://quilt.example")
    assert answer.status_code == 404


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("address", ["/en/", "/ru/donate", "/ky/transparency", "/en/thanks", "/staff/login"])
def test_no_page_speaks_of_the_sandbox_and_forms_lead_to_stripe_alone(live: Flask, address: str) -> None:
    answer = live.test_client().get(address, base_url="https://quilt.example")
    assert answer.status_code == 200
    assert "/sandbox/" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com https://billing.stripe.com;" in policy
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


@pytest.mark.database("sqlite")
def test_mail_does_not_leave_unencrypted(live: Flask) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        config = replace(live.config["KURAK"], mail_url=f"smtp://127.0.0.1:{port}")
        with pytest.raises(MailUnavailable, match="offers no encryption"):
            create_app(config).extensions["context"].mailer.send(a_letter())
    assert mailbox.came == []


def test_neither_the_sandbox_nor_the_printer_of_receipts_is_even_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path), repr(LIVE)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
