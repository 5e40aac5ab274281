"""What is wrong with a folder: each problem with its file and line, all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class FolderProblem:
    """One thing to correct; line 0 is the file as a whole."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


class FolderRefused(Exception):
    """The folder cannot be imported; `problems` says why, in the order of files and lines."""

    def __init__(self, problems: Iterable[FolderProblem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("; ".join(map(str, self.problems)))


@dataclass
class Problems:
    """Collects problems while a folder is read."""

    items: list[FolderProblem] = field(default_factory=list)

    def add(self, file: str, line: int, sentence: str) -> None:
        """Note one problem."""
        self.items.append(FolderProblem(file, line, sentence))

    def refuse_if_any(self) -> None:
        """Stop here when something is wrong.

        Raises:
            FolderRefused: With all problems so far.
        """
        if self.items:
            raise FolderRefused(self.items)
