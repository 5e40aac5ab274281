"""Recorded voices and scans for tests, as small as their types allow."""

import io

import pikepdf

SECRET = "SECRET-PLACE"


def box(kind: bytes, body: bytes = b"") -> bytes:
    """A box of an MP4."""
    return (len(body) + 8).to_bytes(4) + kind + body


def mp4(*handlers: bytes, brand: bytes = b"mp42") -> bytes:
    """An MP4 with a track for each handler: `soun` or `vide`; its data stand first, as some phones write it."""
    tracks = [box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + each + bytes(12)))) for each in handlers]
    return box(b"ftyp", brand + bytes(4)) + box(b"mdat", b"x" * 99) + box(b"moov", b"".join(tracks))


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
RECORDINGS = {
    "voice.m4a": mp4(b"soun", brand=b"M4A "),
    "voice.3gp": mp4(b"soun", brand=b"3gp4"),
    "voice.aac": b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9) + b"\xff\xf1\x50\x80\x02\x1f\xfc",
    "voice.mp3": MP3_FRAME,
    "tagged.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x05" + b"title" + MP3_FRAME,
    "voice.opus": b"OggS" + bytes(24) + b"OpusHead" + bytes(11),
    "voice.wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(20) + b"data" + bytes(4),
    "voice.amr": b"#!AMR\n" + bytes(32),
}


def paper(*, password: str = "") -> bytes:
    """A PDF with a script, an attached file, a link and metadata beside its page."""
    pdf, packed = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    page = pdf.pages[0].obj
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(SECRET))
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(SECRET))
    page.Contents = pdf.make_stream(b"0 0 99 99 re f")
    page.AA = pikepdf.Dictionary(O=script)
    page.Annots = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=link)]
    )
    pdf.Root.OpenAction = script
    pdf.attachments["run.exe"] = SECRET.encode()
    pdf.docinfo["/Author"] = SECRET
    pdf.save(packed, encryption=pikepdf.Encryption(owner="o", user=password) if password else False)
    return packed.getvalue()
