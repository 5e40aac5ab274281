"""Which browser and system a User-Agent header names, in words that a person recognises; nothing else of it is stored."""

BROWSERS = (
    ("Edg", "Edge"),  # Edge and Opera name Chrome too, and Chrome names Safari
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),  # Android names Linux too, and iPhones name Mac OS X
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
MAX_HEADER = 500


def browser_of(user_agent: str) -> str:
    """The browser's name; empty where it is not known."""
    return _first(BROWSERS, user_agent[:MAX_HEADER])


def system_of(user_agent: str) -> str:
    """The operating system's or the device's name; empty where it is not known."""
    return _first(SYSTEMS, user_agent[:MAX_HEADER])


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in table if mark in user_agent), "")
