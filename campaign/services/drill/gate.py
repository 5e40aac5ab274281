"""The gate in front of real money: a live key takes gifts only with a version whose fire drill held."""

from campaign.services.drill.record import standing


def lacks_drill(mode: str) -> bool:
    """Whether real cards would be charged by a version that no drill has shown to hold, and nobody has answered for.

    `mode` is that of the payments gateway: none, sandbox, test or live.
    """
    return mode == "live" and not standing().may_go_live


def takes_card_gifts(mode: str) -> bool:
    """Whether somebody can start a card gift here now. Monthly gifts that run already are charged by the provider."""
    return mode != "none" and not lacks_drill(mode)
