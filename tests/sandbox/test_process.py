"""The sandbox as a process: its files, its signals, and what survives being killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import stripe

from tests.sandbox.gifts import open_gift
from tests.sandbox.running import PUBLIC_URL, Listener, running_sandbox
from tests.support.stripe_contract import Json

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]


@contextmanager
def process(state_dir: Path, webhook_url: str) -> Iterator[tuple[subprocess.Popen[bytes], Json]]:
    command = [sys.executable, "-m", "campaign.sandbox", "--state-dir", str(state_dir)]
    command += ["--webhook-url", webhook_url, "--public-url", PUBLIC_URL]
    addresses = state_dir / "sandbox.json"
    addresses.unlink(missing_ok=True)
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as started:
        try:
            while not addresses.exists():
                assert started.poll() is None
                time.sleep(0.02)
            yield started, json.loads(addresses.read_text())
        finally:
            started.kill()


def client_of(addresses: Json) -> stripe.StripeClient:
    stripe.enable_telemetry = False
    http = requests.Session()
    http.trust_env = False
    return stripe.StripeClient(
        addresses["api_key"],
        base_addresses={"api": addresses["api_base"]},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(3, 20), session=http),
    )


def pay(addresses: Json, session_id: str) -> None:
    answer = requests.post(
        f"{addresses['api_base']}/v1/payment_pages/{session_id}/confirm",
        data={"payment_method": "pm_card_visa"},
        headers={"Authorization": f"Bearer {addresses['api_key']}"},
        timeout=15,
    )
    assert answer.status_code == 200


def wait_for(listener: Listener, event_type: str, count: int) -> None:
    deadline = time.monotonic() + 10
    while listener.types().count(event_type) < count:
        assert time.monotonic() < deadline, listener.types()
        time.sleep(0.02)


def test_a_killed_sandbox_loses_no_event_and_keeps_its_addresses(tmp_path: Path, listener: Listener) -> None:
    listener.answers = [500] * 2
    with process(tmp_path, listener.url) as (running, before):
        session = open_gift(client_of(before))
        pay(before, session["id"])
        wait_for(listener, "checkout.session.completed", 1)
        running.send_signal(signal.SIGKILL)
        running.wait()
    with process(tmp_path, listener.url) as (running, after):
        wait_for(listener, "checkout.session.completed", 2)
        wait_for(listener, "charge.updated", 1)
        assert client_of(after).v1.checkout.sessions.retrieve(session["id"]).payment_status == "paid"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=5) == 0
    assert {name: after[name] for name in ("api_base", "api_key", "webhook_secret")} == {
        name: before[name] for name in ("api_base", "api_key", "webhook_secret")
    }


def test_the_addresses_are_for_the_owner_only(tmp_path: Path, listener: Listener) -> None:
    with process(tmp_path, listener.url) as (running, addresses):
        assert (tmp_path / "sandbox.json").stat().st_mode & 0o777 == 0o600
        assert addresses["pid"] == running.pid
        assert addresses["api_key"].startswith("sk_test_sandbox_")
        assert addresses["webhook_secret"].startswith("whsec_")
        assert addresses["webhook_url"] == listener.url
        assert addresses["api_base"].startswith("http://127.0.0.1:")


def test_the_sandbox_refuses_production_and_loads_nothing() -> None:
    completed = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "campaign.sandbox"],
        cwd=ROOT,
        env={**os.environ, "APP_ENV": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 3
    assert "does not run with APP_ENV=production" in completed.stderr
    assert "campaign.sandbox.server" not in completed.stderr


def test_the_process_loads_nothing_of_the_product() -> None:
    code = (
        "import sys, campaign.sandbox.server as _; print(*sorted(n for n in sys.modules if n.startswith('campaign')))"
    )
    completed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = completed.stdout.split()
    assert all(name == "campaign" or name.startswith("campaign.sandbox") for name in modules), modules


def test_a_file_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as before:
        session = open_gift(before.client())
        before.pay(session["id"])
        store = before.sandbox.box.store
        charge = store.all("charge")[0]
        store.put(charge, {"card": "4242424242424242"})
        store.run("DROP INDEX jobs_by_clock")
        for table, column in (("jobs", "clock"), ("deliveries", "fault"), ("deliveries", "payload")):
            store.run(f"ALTER TABLE {table} DROP COLUMN {column}")
    with running_sandbox(tmp_path) as after:
        after.advance(5)
        intent = after.client().v1.charges.retrieve(charge["id"]).payment_intent
        assert after.client().v1.refunds.create({"payment_intent": str(intent)}).status == "succeeded"
