"""Which requests for the donation form are counted as seen by a person: a plain rule, which knows nothing of anybody."""

import re

NO_PERSON = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|headless|lighthouse|monitor|scan|fetch|http-client",
    re.IGNORECASE,
)
MAX_HEADER = 500


def is_counted(user_agent: str, *, purpose: str, is_staff: bool) -> bool:
    """Return whether a request counts.

    Args:
        user_agent: The header; every usual browser begins it with `Mozilla/`, and most programs do not.
        purpose: The header Sec-Purpose, by which a browser says that it loads a page in advance.
        is_staff: Whether a member of staff is signed in in this browser.
    """
    agent = user_agent[:MAX_HEADER]
    return agent.startswith("Mozilla/") and not NO_PERSON.search(agent) and "prefetch" not in purpose and not is_staff
