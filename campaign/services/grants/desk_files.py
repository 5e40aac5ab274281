"""Files of applications for the staff who may read them."""

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.grant_application import ReviewState
from campaign.services.grants.desk import Reader, review_facts, visible_row
from campaign.services.grants.files import FileContent, read_content


def desk_file(reader: Reader, public_id: str, file_id: str) -> FileContent:
    """Return a file of an application.

    Raises:
        NotFound: There is none that this person may read.
    """
    with reading() as session:
        row, _title, _kind = visible_row(session, reader, public_id)
        own = next((each for each in review_facts(session, row.id) if each.staff_id == reader.staff_id), None)
        if own is not None and own.state is ReviewState.CONFLICT:
            raise NotFound(f"file:{file_id}")
        return read_content(session, row.id, file_id)
