"""Files that a donor downloads."""

from flask import Response, make_response


def pdf_answer(content: bytes, name: str) -> Response:
    """Return a PDF to save under this name."""
    return file_answer(content, name, "application/pdf")


def file_answer(content: bytes, name: str, media_type: str) -> Response:
    """Return a file to save under this name."""
    answer = make_response(content)
    answer.mimetype = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
