"""SVG drawings: what only draws is taken, all else is refused with its reason."""

import pytest

from campaign.domain.logo import LogoProblem, LogoRefused, check_svg

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str = '<path d="M0 0h9v9z"/>', attributes: str = 'viewBox="0 0 90 30"', before: str = "") -> bytes:
    return f"{before}<svg {NAMESPACES} {attributes}>{inside}</svg>".encode()


@pytest.mark.parametrize(
    ("drawing", "size"),
    [
        (svg(), (90, 30)),
        (svg(attributes='width="48px" height="48"'), (48, 48)),
        (svg(before='<?xml version="1.0" encoding="UTF-8"?>\n'), (90, 30)),
        (b"\xef\xbb\xbf" + svg(), (90, 30)),
        (
            svg(
                '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
                '<g fill="url(#g)" style="stroke:#000"><use xlink:href="#g"/><title>Лого</title></g>'
            ),
            (90, 30),
        ),
    ],
)
def test_a_drawing_is_taken(drawing: bytes, size: tuple[int, int]) -> None:
    assert check_svg(drawing) == size


@pytest.mark.parametrize(
    ("drawing", "problem"),
    [
        (svg("<script>alert(1)</script>"), LogoProblem.SCRIPT),
        (svg("<SCRIPT/>"), LogoProblem.SCRIPT),
        (svg('<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script>'), LogoProblem.SCRIPT),
        (svg('<path d="M0 0" onclick="alert(1)"/>'), LogoProblem.SCRIPT),
        (svg(attributes='viewBox="0 0 9 9" onload="alert(1)"'), LogoProblem.SCRIPT),
        (svg('<path d="M0 0" ONLOAD="alert(1)"/>'), LogoProblem.SCRIPT),
        (svg('<animate attributeName="href" to="javascript:alert(1)"/>'), LogoProblem.SCRIPT),
        (svg('<set attributeName="onmouseover" to="alert(1)"/>'), LogoProblem.SCRIPT),
        (svg("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"), LogoProblem.SCRIPT),
        (svg('<use href="https://evil.example/x.svg#a"/>'), LogoProblem.REFERENCE),
        (svg('<use xlink:href="//evil.example/x.svg#a"/>'), LogoProblem.REFERENCE),
        (svg('<use href="data:image/svg+xml;base64,AAAA"/>'), LogoProblem.REFERENCE),
        (svg('<use href=" javascript:alert(1)"/>'), LogoProblem.REFERENCE),
        (svg('<rect fill="url(https://evil.example/a#b)"/>'), LogoProblem.REFERENCE),
        (svg("<rect style=\"fill:url( 'file:///etc/passwd')\"/>"), LogoProblem.REFERENCE),
        (svg('<rect style="background:\\75rl(x)"/>'), LogoProblem.REFERENCE),
        (svg('<rect style="width:expression(alert(1))"/>'), LogoProblem.REFERENCE),
        (svg('<rect fill="image-set(&quot;https://evil.example&quot;)"/>'), LogoProblem.REFERENCE),
        (svg("&a;", before='<!DOCTYPE svg [<!ENTITY a "aaaa">]>'), LogoProblem.REFERENCE),
        (svg("&a;", before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), LogoProblem.REFERENCE),
        (
            svg(before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://evil.example/x.dtd">'),
            LogoProblem.REFERENCE,
        ),
        (svg(before='<?xml-stylesheet href="https://evil.example/x.css"?>'), LogoProblem.REFERENCE),
        (svg('<image href="#a"/>'), LogoProblem.ELEMENT),
        (svg("<style>@import url(https://evil.example)</style>"), LogoProblem.ELEMENT),
        (svg('<a href="#x"><path d="M0 0"/></a>'), LogoProblem.ELEMENT),
        (svg("<text>Library</text>"), LogoProblem.ELEMENT),
        (svg("<metadata/>"), LogoProblem.ELEMENT),
        (svg('<i:path xmlns:i="http://www.inkscape.org/"/>'), LogoProblem.ELEMENT),
        (svg("<filter/>"), LogoProblem.ELEMENT),
        (svg('<g id="b"/>' + '<g id="c"><use href="#b"/><use href="#b"/></g>' * 11), LogoProblem.ELEMENT),
        (b"<html><body/></html>", LogoProblem.OTHER_FORMAT),
        (b"<svg", LogoProblem.DAMAGED),
        (svg("<g>"), LogoProblem.DAMAGED),
        (svg("&nbsp;"), LogoProblem.DAMAGED),
        (svg("\x00"), LogoProblem.DAMAGED),
        (svg(attributes=""), LogoProblem.SIZE),
        (svg(attributes='viewBox="0 0 0 30"'), LogoProblem.SIZE),
        (svg(attributes='width="100%" height="100%"'), LogoProblem.SIZE),
        (svg(attributes='viewBox="0 0 1e9 1e9"'), LogoProblem.SIZE),
    ],
)
def test_what_does_more_than_draw_is_refused(drawing: bytes, problem: LogoProblem) -> None:
    with pytest.raises(LogoRefused) as refused:
        check_svg(drawing)
    assert refused.value.problem is problem
