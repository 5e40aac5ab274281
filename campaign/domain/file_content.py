"""What a file is by its content: a PDF, a picture, or one of the kinds of recorded sound. Pure."""

from campaign.domain.consent_file import ConsentFileFlaw, FileType

MAX_BOXES = 2000
HEADER_BYTES = 8
"""Of a box of an MP4: its length and its type."""
OGG_CODECS = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
CONTAINERS = frozenset({b"moov", b"trak", b"mdia"})
PICTURE_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
VIDEO_HEADS = (b"\x1a\x45\xdf\xa3", b"FLV\x01")


def type_of(data: bytes) -> FileType | ConsentFileFlaw:
    """Return what a file is by its content, or why it is nothing that is accepted."""
    if data.startswith(b"%PDF-"):
        return FileType.PDF
    if data.startswith(PICTURE_HEADS):
        return FileType.PICTURE
    if data[4:8] == b"ftyp":
        return FileType.PICTURE if data[8:12] in HEIC_BRANDS else _mp4_type(data)
    if data.startswith(VIDEO_HEADS) or (data.startswith(b"RIFF") and data[8:12] == b"AVI "):
        return ConsentFileFlaw.VIDEO
    return _sound_type(data) or ConsentFileFlaw.OTHER_TYPE


def _sound_type(data: bytes) -> FileType | ConsentFileFlaw | None:
    if data.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return FileType.AMR
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return FileType.WAV if b"fmt " in data[12:4096] else ConsentFileFlaw.DAMAGED
    if data.startswith(b"OggS"):
        first = data[:4096]
        if b"\x80theora" in first:
            return ConsentFileFlaw.VIDEO
        return FileType.OGG if any(codec in first for codec in OGG_CODECS) else ConsentFileFlaw.OTHER_TYPE
    if data.startswith(b"ID3"):
        return FileType.MP3 if _is_mpeg_frame(data[_id3_length(data) :]) else ConsentFileFlaw.DAMAGED
    return _frame_type(data)


def _frame_type(data: bytes) -> FileType | None:
    """Return the type of a file that begins with a frame of sound; two bytes alone would be too little to know it by."""
    if len(data) > HEADER_BYTES and data[0] == 0xFF and data[1] & 0xF6 == 0xF0:
        length = (data[3] & 0x03) << 11 | data[4] << 3 | data[5] >> 5
        following = data[length : length + 2]
        is_aac = length > HEADER_BYTES and (not following or following[:1] == b"\xff")
        return FileType.AAC if is_aac else None
    return FileType.MP3 if _is_mpeg_frame(data) else None


def _is_mpeg_frame(data: bytes) -> bool:
    """Return whether a frame of MP3 begins here: sync, layer III, and a version, bit rate and sample rate that exist."""
    if len(data) < HEADER_BYTES or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    is_layer_3, is_known_version = data[1] & 0x06 == 0x02, data[1] & 0x18 != 0x08
    return is_layer_3 and is_known_version and data[2] >> 4 not in {0, 15} and data[2] & 0x0C != 0x0C


def _id3_length(data: bytes) -> int:
    """Return the length of the tag before the sound, some zeros after it included."""
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    end = 10 + size
    return end + len(data[end : end + 4096]) - len(data[end : end + 4096].lstrip(b"\0"))


def _mp4_type(data: bytes) -> FileType | ConsentFileFlaw:
    """Return whether an MP4 or 3GP is sound alone: by the handlers of its tracks, for the brand does not say it."""
    handlers = _handlers(data)
    if b"vide" in handlers:
        return ConsentFileFlaw.VIDEO
    return FileType.M4A if b"soun" in handlers else ConsentFileFlaw.DAMAGED


def _handlers(data: bytes) -> frozenset[bytes]:
    handlers, spans, left = set(), [(0, len(data))], MAX_BOXES
    while spans and left > 0:
        start, end = spans.pop()
        left -= 1
        kind, body, stop = _box(data, start, end)
        if stop <= start:
            continue
        if kind == b"hdlr":
            handlers.add(data[body + 8 : body + 12])
        spans.append((stop, end))
        if kind in CONTAINERS:
            spans.append((body, stop))
    return frozenset(handlers)


def _box(data: bytes, start: int, end: int) -> tuple[bytes, int, int]:
    """Return type, first byte and end of the box at `start`; it ends there where none fits before `end`."""
    if end - start < HEADER_BYTES:
        return b"", start, start
    length, kind, body = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8], start + HEADER_BYTES
    if length == 1:
        length, body = int.from_bytes(data[body : body + 8]), body + 8
    stop = start + length if length else end
    return (kind, body, stop) if body <= stop <= end else (b"", start, start)
