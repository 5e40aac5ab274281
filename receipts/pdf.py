"""Corrections to the PDF before it is written: what PDF/A-3 and PDF/UA-1 require together."""

import re
from typing import Any

_MAP_START = b"/CIDInit /ProcSet findresource begin"
_NO_TEXT, _NO_WIDTH = re.compile(rb"(?<=> )<>$"), b"<200b>"

# PDF/A allows no unknown property in the metadata, unless a schema there describes it.
_PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"\
 pdfuaid:part="1"/><rdf:Description rdf:about=""\
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"\
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description></rdf:RDF>"""


def finish(_document: Any, pdf: Any) -> None:  # Any: WeasyPrint and pydyf have no types
    """Declare PDF/UA-1 in the metadata block, name the embedded file once, and give every glyph a text.

    WeasyPrint writes one standard's identifier only, lists an embedded file twice under /AF, and gives no text to the
    second glyph of a letter that is drawn with two.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    (block,) = metadata.stream
    metadata.stream = [block.replace(b"</rdf:RDF>", _PDF_UA)]
    pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))
    for stream_object in pdf.objects:
        if _MAP_START in getattr(stream_object, "stream", ())[:1]:
            stream_object.stream = [_NO_TEXT.sub(_NO_WIDTH, line) for line in stream_object.stream]
