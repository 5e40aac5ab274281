"""Codes of the second factor, each valid for one sign-in: a second use is refused like a wrong code.

Flask-Security checks a code early in a request and writes late, so two requests at once would both succeed. Here a code
is used up, and that is committed, before the check succeeds.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_security.core import UserMixin
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from passlib.exc import TokenError  # type: ignore[import-untyped]
from sqlalchemy import select, update

from campaign.database import end_read, transaction
from campaign.models.staff import Staff
from campaign.services.staff.datastore import sign_in_session


class SingleUseTotp(Totp):
    """Codes of an authenticator app: none is accepted twice, and none older than the last accepted one.

    `clock_now` returns the time that phones show.
    """

    def __init__(
        self, *settings: Any, phone_time: Callable[[], datetime]
    ) -> None:  # the settings that Flask-Security passes
        super().__init__(*settings)
        self._phone_time = phone_time

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        try:
            counter = self._totp.verify(token, totp_secret, time=self._phone_time(), window=window).counter
        except TokenError:
            return False
        staff_id, is_new = int(user.id), totp_secret != user.tf_totp_secret
        end_read(sign_in_session())  # what Flask-Security writes next must not rest on a row read before this write
        return _spend_counter(staff_id, counter, is_new=is_new)


class SpentRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes: the check itself removes the code from the list."""

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        staff_id = int(user.id)
        end_read(sign_in_session())
        with transaction() as session:
            query = select(Staff).where(Staff.id == staff_id).with_for_update()
            person = session.execute(query.execution_options(populate_existing=True)).scalar_one()
            for encrypted in person.mf_recovery_codes or []:
                if code in self._decrypt_codes([encrypted]):
                    person.mf_recovery_codes = [other for other in person.mf_recovery_codes or [] if other != encrypted]
                    return True
        return False

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:  # noqa: ARG002  # the check has removed it
        return True


def _spend_counter(staff_id: int, counter: int, *, is_new: bool) -> bool:
    """Store the 30-second period of a code; return False when it or a later one was accepted. A new key starts anew."""
    spend = update(Staff).where(Staff.id == staff_id).values(tf_totp_counter=counter)
    if not is_new:
        spend = spend.where((Staff.tf_totp_counter.is_(None)) | (Staff.tf_totp_counter < counter))
    with transaction() as session:
        spent = session.execute(spend.returning(Staff.id).execution_options(synchronize_session=False)).all()
    return bool(spent)
