"""Files that a donor downloads."""

from flask import Response, make_response


def pdf_answer(content: bytes, name: str) -> Response:
    """Return a PDF to save under this name."""
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
