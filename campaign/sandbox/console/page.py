"""The console: a page where trainees advance time, dispute payments and lose webhooks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.sandbox import jobs
from campaign.sandbox.balance import payouts
from campaign.sandbox.billing import periods
from campaign.sandbox.console import levers, view
from campaign.sandbox.console.texts import CONSOLE_TEXTS
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.faults import rules
from campaign.sandbox.pages import page_frame
from campaign.sandbox.payments import disputes
from campaign.sandbox.texts import amount_text
from campaign.sandbox.webhooks.deliveries import Deliverer

_A_DAY: Final = 86_400
_SUBJECT: Final = "console"
_MONTH: Final = {"interval": "month", "interval_count": 1}


@dataclass(frozen=True, slots=True)
class Console:
    """The page and its buttons, for one box."""

    box: Box
    deliverer: Deliverer

    def blueprint(self) -> Blueprint:
        """``/sandbox/``."""
        pages = Blueprint("console", __name__, url_prefix="/sandbox")
        pages.add_url_rule("/", view_func=self.show, methods=["GET"])
        pages.add_url_rule("/", view_func=self.act, methods=["POST"])
        return pages

    def show(self) -> AnyResponse:
        """Show the present state."""
        done = request.args.get("done")
        return self._page(done=done if done in self._acts() else None)

    def act(self) -> AnyResponse:
        """Run the button that was pressed."""
        act, of = request.form.get("act", ""), request.form.get("of", "")
        if not page_frame.is_ours(self.box, _SUBJECT) or act not in self._acts():
            return self._page(problem="stale", status=400)
        try:
            self._acts()[act](of)
        except (Refused, ValueError):
            return self._page(problem="impossible", status=400)
        return redirect(f"/sandbox/?{urlencode({'lang': page_frame.language_of(None), 'done': act})}", 303)

    def _acts(self) -> dict[str, Callable[[str], object]]:
        return {
            "next_day": lambda _: self._advance(_A_DAY),
            "next_month": lambda _: self._advance(self._a_month()),
            "dispute": lambda payment: levers.dispute(self.box, {"payment": payment}),
            "win": lambda dispute: levers.move_dispute(self.box, dispute, {"status": self._better(dispute)}),
            "lose": lambda dispute: levers.move_dispute(self.box, dispute, {"status": "lost"}),
            "fail_payout": lambda _: payouts.fail_next(self.box),
            "lose_webhooks": lambda _: rules.add_rule(self.box, {"kind": "drop", "times": 3}),
            "clear_faults": lambda _: rules.clear(self.box),
            "resend": lambda delivery: self.deliverer.resend(int(delivery)),
        }

    def _advance(self, seconds: int) -> None:
        self.box.advance(seconds)
        jobs.run_due(self.box)

    def _a_month(self) -> int:
        at = self.box.now()
        return periods.next_end(at, at, _MONTH) - at

    def _better(self, dispute_id: str) -> str:
        status = disputes.retrieve(self.box, dispute_id)["status"]
        return "warning_closed" if status.startswith("warning") else "won"

    def _page(self, *, done: str | None = None, problem: str | None = None, status: int = 200) -> AnyResponse:
        jobs.run_due(self.box)
        language = page_frame.language_of(None)
        return page_frame.render(
            self.box,
            "console/page.html",
            _SUBJECT,
            locale=language,
            status=status,
            say=CONSOLE_TEXTS[language],
            done=done,
            problem=problem,
            **view.whole(self.box, lambda minor, currency: amount_text(minor, currency, language)),
        )
