"""Whether everything on a page that can be used is reached with the Tab key, and shows that it is."""

from playwright.sync_api import Page

MARK = """() => {
    const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true]";
    const groups = new Set();
    const listed = [...document.querySelectorAll(usable)].filter(one => {
        if (one.matches(":disabled, [tabindex='-1']") || one.closest("[inert]") || !one.checkVisibility()) return false;
        if (one.type !== "radio") return true;
        const group = `${one.form?.id} ${one.name}`;  // the arrow keys choose within a group
        return !groups.has(group) && groups.add(group);
    });
    window.reached = new Set();
    window.unmarked = new Set();
    const name = one => `${one.localName} ${one.name || one.id || (one.textContent || "").trim().slice(0, 40)}`;
    document.addEventListener("focusin", event => {
        const one = event.target, isInput = one.localName === "input";
        const shown = isInput ? [one, one.nextElementSibling, one.parentElement, ...one.labels] : [one];
        const styles = shown.filter(Boolean).flatMap(each => [null, "::before"].map(part => getComputedStyle(each, part)));
        window.reached.add(one.type === "radio" ? `${one.form?.id} ${one.name}` : one);
        if (styles.every(style => style.outlineStyle === "none" && style.boxShadow === "none")) window.unmarked.add(name(one));
    });
    window.unreached = () => listed.filter(
        one => !window.reached.has(one.type === "radio" ? `${one.form?.id} ${one.name}` : one)).map(name);
    document.activeElement?.blur();
    window.getSelection().removeAllRanges();
    return listed.length + listed.filter(one => /date|time/.test(one.type)).length * 7;  // year, month, day, hour …
}"""


def keyboard_complaints(page: Page) -> list[str]:
    """What the Tab key does not reach, and what does not show that it has the focus."""
    if page.locator("iframe").count():
        return []  # the focus goes into another page there
    count = int(page.evaluate(MARK))
    for _ in range(count + 3):
        page.keyboard.press("Tab")
    unreached, unmarked = page.evaluate("[window.unreached(), [...window.unmarked]]")
    return [f"not reached by Tab: {one}" for one in unreached] + [f"focus is not shown: {one}" for one in unmarked]
