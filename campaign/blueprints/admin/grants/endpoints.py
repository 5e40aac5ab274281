"""The endpoints of calls and applications, by who may use them."""

REVIEWING = tuple(
    f"admin.{name}"
    for name in ("applications", "application", "application_file", "score_application", "declare_conflict")
)
"""Everybody: the services show each person what they review."""
DECIDING = tuple(
    f"admin.{name}"
    for name in ("assign_reviewer", "unassign_reviewer", "decision_form", "decide", "letter_form", "send_letter")
)
WRITING_CALLS = tuple(
    f"admin.{name}"
    for name in (
        *("grant_call", "save_grant_call", "question_form", "add_question"),
        *("question", "save_question", "move_question", "remove_question"),
    )
)
