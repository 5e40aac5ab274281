"""The files of pictures, under addresses that change with the content."""

from http import HTTPStatus

from flask import Response, make_response

from campaign.blueprints.public import bp
from campaign.days import local_day
from campaign.gateway_registry import current_context
from campaign.services.pictures.listing import public_file, read_file_name
from campaign.web.static_files import cached_by_version


@bp.get("/pictures/<public_id>/<name>")
def picture_file(public_id: str, name: str) -> Response:
    """Send a file, such as 480.avif, of a picture that everybody may see.

    Caches of many people keep no picture of a person: its consent can be withdrawn.
    """
    context, (width, file_format) = current_context(), read_file_name(name)
    file = public_file(public_id, width, file_format, store=context.files, day=local_day(context.clock.now()))
    answer = make_response(file.body, HTTPStatus.OK)
    answer.mimetype = file.mimetype
    answer.set_etag(f"{file.version}-{width}-{file_format}")
    if file.is_of_people:
        answer.cache_control.private = True
    else:
        answer.cache_control.public = True
    return cached_by_version(answer, file.version)
