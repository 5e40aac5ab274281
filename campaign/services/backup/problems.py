"""The reasons why a backup cannot be made or restored."""


class BackupProblem(Exception):
    """A backup cannot be made or restored; the message says in plain sentences why and what to do."""


class DamagedBackup(BackupProblem):
    """The file is no backup of Kurak, or was changed since it was written."""
