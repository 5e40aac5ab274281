"""What an outside program, Debian's `exiftool`, finds in the files that are made of a picture: nothing but pixels."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from campaign.gateways.picture_process import prepare
from tests.gateways.test_bad_pictures import exif, heic, iptc, jpeg, srgb, webp, with_text

SPEAKING = ("EXIF", "GPS", "XMP", "IPTC", "Photoshop", "ICC_Profile", "MakerNotes", "PNG-", "MPF", "APP14")
"""Groups in which exiftool shows what a file tells besides its pixels."""

pytestmark = [
    pytest.mark.faults,  # Perl takes its time
    pytest.mark.skipif(not shutil.which("exiftool"), reason="apt-get install libimage-exiftool-perl"),
]


def read_tags(folder: Path) -> dict[str, dict[str, Any]]:
    """File name → what exiftool says of it, by group and name."""
    command = ["exiftool", "-json", "-G1", "-a", "-u", "-ee", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return {Path(facts["SourceFile"]).name: facts for facts in json.loads(done.stdout)}


def test_an_outside_program_finds_place_and_time_in_what_is_sent_and_nothing_in_what_is_shown(tmp_path: Path) -> None:
    facts = exif().tobytes()
    sent = {
        "phone.jpg": jpeg(exif=facts, icc_profile=srgb(), xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"),
        "agency.jpg": iptc(),
        "words.png": with_text(),
        "phone.webp": webp(),
        "phone.heic": heic(),
    }
    for side in ("sent", "shown"):
        (tmp_path / side).mkdir()
    for name, data in sent.items():
        (tmp_path / "sent" / name).write_bytes(data)
        _size, files = prepare(data, name.rpartition(".")[2])
        for _width, _height, kind, body in files:
            (tmp_path / "shown" / f"{name}.{kind}").write_bytes(body)
    before, after = read_tags(tmp_path / "sent"), read_tags(tmp_path / "shown")
    assert "GPS:GPSLatitude" in before["phone.jpg"]
    assert "IPTC:Caption-Abstract" in before["agency.jpg"]
    assert len(after) == len(sent) * 3
    assert [(name, tag) for name, tags in after.items() for tag in tags if tag.startswith(SPEAKING)] == []
    assert "SECRET" not in json.dumps(after)
