"""The report of a drill: what was tried and what passed, as text, as HTML, and as data to be stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.1rem;margin:1.6rem 0 .3rem}dl{margin:0}"
    "dt{margin-top:.4rem}dd{margin:0 0 0 1.6rem;color:GrayText}dt[class]{padding-left:1.6rem;text-indent:-1.6rem}"
    ".passed::before{content:'✓';color:#18794e}.failed::before{content:'✗';color:#c62a2f}.failed{font-weight:600}"
    "dt::before{display:inline-block;width:1.6rem;font-weight:700;text-indent:0}"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scene: what was tried, in a sentence; what went wrong, or nothing."""

    day: str
    tried: str
    seconds: float
    wrong: str = ""

    @property
    def has_passed(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport:
    """A drill from beginning to end. `figures` are counts and sums of what was moved, for information."""

    version: str
    began_at: datetime
    ended_at: datetime
    address: str
    database: str
    outcomes: tuple[Outcome, ...]
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_passed(self) -> bool:
        return bool(self.outcomes) and all(outcome.has_passed for outcome in self.outcomes)

    @property
    def verdict(self) -> str:
        failed = sum(not outcome.has_passed for outcome in self.outcomes)
        if self.has_passed:
            return f"All {len(self.outcomes)} scenes passed."
        return f"{failed} of {len(self.outcomes)} scenes failed. This version must not take real money."

    def as_facts(self) -> dict[str, object]:
        """Return the report as data for a file or a row; `report_of` reads it back."""
        return {
            "version": self.version,
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "address": self.address,
            "database": self.database,
            "figures": dict(self.figures),
            "outcomes": [
                {"day": one.day, "tried": one.tried, "seconds": round(one.seconds, 1), "wrong": one.wrong}
                for one in self.outcomes
            ],
        }

    def as_text(self) -> str:
        lines = [f"Fire drill of version {self.version}", self.verdict, "", *self._circumstances(), ""]
        day = ""
        for outcome in self.outcomes:
            if outcome.day != day:
                day = outcome.day
                lines += [day, ""]
            lines.append(f"  {'has_passed  ' if outcome.has_passed else 'FAILED'}  {outcome.tried}")
            if outcome.wrong:
                lines.append(f"          {outcome.wrong}")
        return "\n".join([*lines, "", *(f"{name}: {figure}" for name, figure in self.figures.items())]) + "\n"

    def as_html(self) -> str:
        """Return a whole page that loads nothing else."""
        parts = [f"<p><strong>{escape(self.verdict)}</strong></p>"]
        parts += [f"<p>{'<br>'.join(escape(line) for line in self._circumstances())}</p>"]
        days = dict.fromkeys(outcome.day for outcome in self.outcomes)
        for day in days:
            rows = "".join(_row(outcome) for outcome in self.outcomes if outcome.day == day)
            parts.append(f"<h2>{escape(day)}</h2><dl>{rows}</dl>")
        figures = "".join(f"<dt>{escape(name)}</dt><dd>{escape(figure)}</dd>" for name, figure in self.figures.items())
        parts.append(f"<h2>What was moved</h2><dl>{figures}</dl>")
        title = f"Fire drill of version {escape(self.version)}"
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><h1>{title}</h1>{"".join(parts)}</html>\n'
        )

    def _circumstances(self) -> list[str]:
        took = int((self.ended_at - self.began_at).total_seconds())
        return [
            f"Against {self.address} on {self.database}, with the sandbox's money and in its time.",
            f"{len(self.outcomes)} scenes in {took} seconds, on {self.began_at:%Y-%m-%d %H:%M} UTC by the machine's clock.",
        ]


def report_of(facts: dict[str, Any]) -> DrillReport:
    """Read a report from `as_facts`.

    Raises:
        KeyError, TypeError, ValueError: it is no report.
    """
    return DrillReport(
        version=str(facts["version"]),
        began_at=datetime.fromisoformat(facts["began_at"]),
        ended_at=datetime.fromisoformat(facts["ended_at"]),
        address=str(facts["address"]),
        database=str(facts["database"]),
        figures={str(name): str(figure) for name, figure in facts["figures"].items()},
        outcomes=tuple(
            Outcome(one["day"], one["tried"], float(one["seconds"]), one["wrong"]) for one in facts["outcomes"]
        ),
    )


def _row(outcome: Outcome) -> str:
    wrong = f"<dd>{escape(outcome.wrong)}</dd>" if outcome.wrong else ""
    return f'<dt class="{"passed" if outcome.has_passed else "failed"}">{escape(outcome.tried)}</dt>{wrong}'
