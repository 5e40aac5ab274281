"""What holds back the removal of a part of the plan, or of a draft campaign."""

from enum import StrEnum

from campaign.domain.errors import Conflict


class RemovalBlock(StrEnum):
    """Why something that was added cannot be removed."""

    MONEY = "money"
    REPORT = "report"
    SIGN_UPS = "sign_ups"
    APPLICATIONS = "applications"
    TARGETS = "targets"
    TEXTS = "texts"
    PICTURES = "pictures"
    PEOPLE = "people"
    NOT_DRAFT = "not_draft"


class NotRemovable(Conflict):
    """Something hangs on what is to be removed."""

    def __init__(self, blocks: tuple[RemovalBlock, ...]) -> None:
        super().__init__(", ".join(blocks))
        self.blocks = blocks
