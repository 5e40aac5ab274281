"""The refusals of the stand-in, worded and coded as Stripe's."""

from collections.abc import Mapping

from campaign.sandbox.core.json_types import Json


class Refused(Exception):
    """A request that is answered with an error and changes nothing."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.error: Json = {"message": message, "type": kind}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            self.error["param"] = param


class CardDeclined(Refused):
    """A failed payment: the answer is an error, but the failed charge stays recorded."""

    def __init__(self, error: Json) -> None:
        super().__init__(str(error["message"]), status=402, kind="card_error")
        self.error = error


def no_such(kind: str, object_id: str, *, param: str = "id") -> Refused:
    """Return the answer to an unknown id: 404 in a path, 400 in a parameter."""
    return Refused(
        f"No such {kind}: '{object_id}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )
