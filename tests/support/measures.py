"""What is measured on pages in the browser, in JavaScript."""

# On a page as a whole: what is wider than the screen, what lies over something else, and what leaves its card. What lies in
# something that scrolls counts as far as it is seen.
MEASURE_PAGE = """() => {
  const found = new Set();
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.add(`the page is ${scrollWidth} px wide`);
  for (const item of document.querySelectorAll(".places a, .places button")) {
    if (!item.checkVisibility()) continue;
    const edge = item.getBoundingClientRect();
    for (const part of item.querySelectorAll(":scope > *")) {
      const { left, right } = part.getBoundingClientRect();
      if (right > edge.right - 1 || left < edge.left - 1) found.add(`"${part.innerText}" leaves its place in the navigation`);
    }
  }
  const FRAMES = ".talk, .people, .under details, .choices, .scroll, #troubles";
  const atoms = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const owner = text.parentElement;
    const aside = owner.closest(".spoken, .skip, .places, .sheet, option, textarea, svg, .search label");
    if (!text.data.trim() || aside || !owner.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const frame = owner.closest(FRAMES)?.getBoundingClientRect();
    const cut = getComputedStyle(owner).overflow === "hidden";
    const rects = cut ? [owner.getBoundingClientRect()] : [...range.getClientRects()];
    const seen = (rect) => !frame || (rect.top >= frame.top - 1 && rect.bottom <= frame.bottom + 1
      && rect.left >= frame.left - 1 && rect.right <= frame.right + 1);
    atoms.push({ owner, words: text.data.trim().slice(0, 40), rects: rects.filter(seen), frame });
  }
  const crosses = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  for (const [place, one] of atoms.entries()) {
    const box = one.owner.closest(".card, .row, .note, .chip, .button, .tally div, .notice, .trouble");
    const edge = box?.getBoundingClientRect();
    const scrolls = one.owner.closest(".scroll");
    if (edge && !scrolls && one.rects.some((rect) => rect.right > edge.right + 1 || rect.left < edge.left - 1)) {
      found.add(`"${one.words}" leaves its ${box.className}`);
    }
    const lines = new Set(one.rects.map((rect) => Math.round(rect.top))).size;
    const wide = Math.max(...one.rects.map((rect) => rect.width));
    if (lines > 3 && wide < 90 && !one.owner.closest("thead")) found.add(`"${one.words}" stands in ${lines} lines`);
    for (const other of atoms.slice(place + 1)) {
      if (one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
      if (one.rects.some((a) => other.rects.some((b) => crosses(a, b)))) found.add(`"${one.words}" lies over "${other.words}"`);
    }
  }
  return [...found];
}"""
