"""A file is what its content says, whatever it is called; and a name that says otherwise is noticed."""

import pytest

from campaign.domain.consent_file import ConsentFileFlaw, FileType, is_lying, stored_name
from campaign.domain.file_content import type_of
from tests.support.recordings import MP3_FRAME, RECORDINGS, mp4

ENDINGS = {"3gp": FileType.M4A, "opus": FileType.OGG}
OTHERS = {
    "a video": (mp4(b"soun", b"vide"), ConsentFileFlaw.VIDEO),
    "an MP4 without tracks": (mp4(), ConsentFileFlaw.DAMAGED),
    "an MP4 that is cut off": (mp4(b"soun")[:60], ConsentFileFlaw.DAMAGED),
    "boxes without an end": (b"\0\0\0\x08ftyp" + bytes(5000), ConsentFileFlaw.DAMAGED),
    "a film of a browser": (b"\x1a\x45\xdf\xa3" + bytes(99), ConsentFileFlaw.VIDEO),
    "a film in Ogg": (b"OggS" + bytes(24) + b"\x80theora", ConsentFileFlaw.VIDEO),
    "a tag without sound": (b"ID3\x04\x00\x00\x00\x00\x00\x05title<script>", ConsentFileFlaw.DAMAGED),
    "two bytes of sound": (b"\xff\xfb", ConsentFileFlaw.OTHER_TYPE),
    "text": ("ÿû in Latin letters".encode("utf-16-le"), ConsentFileFlaw.OTHER_TYPE),
    "UTF-16": (b"\xff\xfe" + "a letter".encode("utf-16-le"), ConsentFileFlaw.OTHER_TYPE),
    "a page": (b"<!doctype html><script>alert(1)</script>", ConsentFileFlaw.OTHER_TYPE),
    "a program": (b"MZ" + bytes(99), ConsentFileFlaw.OTHER_TYPE),
    "an archive": (b"PK\x03\x04" + bytes(99), ConsentFileFlaw.OTHER_TYPE),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_is_recognised_by_its_content(name: str) -> None:
    ending = name.rpartition(".")[2]
    kind = ENDINGS.get(ending) or FileType(ending)
    assert type_of(RECORDINGS[name]) is kind
    assert not is_lying(name, kind)
    assert not is_lying("Recording", kind)
    assert is_lying("paper.pdf", kind)


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_is_no_recording_and_no_paper_is_not_taken_for_one(name: str) -> None:
    data, flaw = OTHERS[name]
    assert type_of(data) is flaw


def test_a_stored_name_is_one_line_with_the_ending_of_the_type() -> None:
    assert stored_name("C:\\Users\\Aida\\Голос 1.MP3", FileType.MP3) == "Голос 1.mp3"
    assert stored_name("../../etc/passwd", FileType.PDF) == "passwd.pdf"
    assert stored_name("evil\r\nname\u202egnp.exe", type_of(MP3_FRAME)) == "evil namegnp.mp3"  # type: ignore[arg-type]
    assert stored_name(".", FileType.OGG) == "file.ogg"
    assert len(stored_name("x" * 500, FileType.WAV)) == 104
