"""The gate in front of live payments: a live key takes gifts only with a version that passed its fire drill."""

from campaign.services.drill.record import standing


def lacks_drill(mode: str) -> bool:
    """Return whether live cards would be charged by a version that neither passed a drill nor has a waiver.

    `mode` is that of the payments gateway: none, sandbox, test or live.
    """
    return mode == "live" and not standing().may_go_live


def takes_card_gifts(mode: str) -> bool:
    """Return whether a card gift can be started here now. The provider charges existing monthly gifts in any case."""
    return mode != "none" and not lacks_drill(mode)
