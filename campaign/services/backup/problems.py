"""What keeps a backup from being made or restored."""


class BackupProblem(Exception):
    """A backup cannot be made or restored; the message is in plain sentences that say why and what to do."""


class DamagedBackup(BackupProblem):
    """The file is no backup of Kurak, or not the one that was written."""
