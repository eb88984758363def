"""What does not fit on a page: too wide, cut off, or under something else."""

from tests.web.browser.screen import Screen

_FAULTS = """() => {
  const faults = [], wide = document.documentElement.clientWidth;
  const shown = (each) => each.checkVisibility({ visibilityProperty: true })
    && !each.closest(".out-of-sight, .skip");
  const named = (each) => `${each.tagName.toLowerCase()} "${(each.id || each.innerText).trim()}"`;

  if (document.documentElement.scrollWidth > wide) faults.push("the page scrolls sideways");

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !shown(parent)) continue;
    if (parent.closest("select")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = parent.closest("button, td, th, li, dd, section, header, main");
    const room = box.getBoundingClientRect();
    for (const line of range.getClientRects()) {
      const out = line.left < room.left - 1 || line.right > room.right + 1
        || line.top < room.top - 1 || line.bottom > room.bottom + 1;
      if (out || line.right > wide) faults.push(`the text of ${named(parent)} is cut`);
    }
  }

  const measure = document.createElement("canvas").getContext("2d");
  for (const each of document.querySelectorAll("a, button, input, select")) {
    if (!shown(each) || each.type === "hidden") continue;
    each.scrollIntoView({ block: "center" });
    const at = each.getClientRects()[0];
    const there = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
    if (!each.contains(there)) faults.push(`${named(each)} cannot be reached`);
    if (each.tagName === "INPUT" && each.scrollWidth > each.clientWidth)
      faults.push(`what stands in ${named(each)} is cut`);
    // On a narrow screen a long choice ends in dots; it is read in full where its times are.
    const dotted = wide < 640 && getComputedStyle(each).textOverflow === "ellipsis";
    if (each.tagName === "SELECT" && !dotted) {
      const style = getComputedStyle(each), arrow = 24;
      measure.font = style.font;
      const around = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + arrow;
      const long = measure.measureText(each.selectedOptions[0].text).width;
      if (long > each.clientWidth - around)
        faults.push(`what is chosen in ${named(each)} is cut`);
    }
  }
  return faults;
}"""


def faults(screen: Screen) -> list[str]:
    """What does not fit, in words; empty where all is well."""
    found: list[str] = screen.page.evaluate(_FAULTS)
    return found
