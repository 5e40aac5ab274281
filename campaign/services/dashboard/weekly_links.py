"""Signed links that stop the weekly email: whoever has one may stop that email, and nothing else."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from campaign.domain.errors import NotFound

SALT = "weekly report: stop"


def sign_stop(public_id: str) -> str:
    """Return the word in the address of the link that stops the email."""
    return str(_signer().dumps(public_id))


def read_stop(token: str) -> str:
    """Return the public id of the email that a link stops.

    Raises:
        NotFound: It is no link of ours.
    """
    try:
        return str(_signer().loads(token))
    except BadData as error:
        raise NotFound("weekly report") from error


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SALT)
