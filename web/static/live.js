// Keeps an open page fresh: asks for news, and when there is some, brings what is marked data-live up to date in place.
// What is typed, open or focused stays as it is, and nothing moves while a finger is down.
"use strict";

const EVERY = 1_500; // between two questions of a page that is seen, in milliseconds
const SELDOM = 10_000; // and of one that lies behind others: its title still counts
const STALE = 60_000; // "8 min ago" is no longer true
const IN_HAND = 800; // so long after a touch nothing moves

let touched = 0;
let pressed = false;
let made = performance.now();
let asked = 0;
let busy = false;

// Makes `old` what `fresh` is. Children with a data-key are told by it, others by their place.
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return;
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  const wanted = new Set([...fresh.children].map((child) => child.dataset.key));
  const known = new Map();
  for (const child of [...old.children]) {
    const { key } = child.dataset;
    if (key && !wanted.has(key)) child.remove();
    else if (key) known.set(key, child);
  }
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = child.dataset?.key;
    const like = next && !next.dataset?.key && next.nodeName === child.nodeName ? next : null;
    const mine = key ? known.get(key) : like;
    if (mine && mine === next) next = next.nextSibling;
    else old.insertBefore(mine ?? child, next);
    if (mine) morph(mine, child);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

// What is read stays where it is on the screen, whatever came in above it.
function inPlace(change) {
  const root = document.documentElement;
  const atEnd = scrollY > 0 && innerHeight + scrollY >= root.scrollHeight - 4;
  const anchor = scrollY > 0 && document.elementFromPoint(innerWidth / 2, innerHeight / 3);
  const before = anchor ? anchor.getBoundingClientRect().top : 0;
  change();
  if (atEnd) scrollTo(0, root.scrollHeight);
  else if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - before);
}

function unread() {
  return Number(document.querySelector("[data-unread]")?.dataset.unread ?? 0);
}

async function bringUpToDate() {
  const answer = await fetch(location.href);
  if (answer.redirected && new URL(answer.url).pathname === "/login") location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = { unread: unread(), ringing: Boolean(document.querySelector(".ringing")) };
  inPlace(() => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const part = fresh.getElementById(old.id);
      if (part) morph(old, part);
    }
  });
  document.title = fresh.title;
  document.body.dataset.mark = fresh.body.dataset.mark ?? "";
  made = performance.now();
  const rings = Boolean(document.querySelector(".ringing"));
  document.dispatchEvent(new CustomEvent("made", { detail: { news: unread() > before.unread || (rings && !before.ringing) } }));
}

async function ask() {
  const seen = document.visibilityState === "visible";
  if (!document.body.dataset.mark || (!seen && performance.now() - asked < SELDOM)) return;
  if (busy || pressed || performance.now() - touched < IN_HAND) return;
  asked = performance.now();
  busy = true; // a slow box is asked once at a time
  try {
    const answer = await fetch("/news");
    if (answer.redirected) location.reload();
    if (!answer.ok) return;
    const changed = (await answer.json()).mark !== document.body.dataset.mark;
    if (changed || (seen && performance.now() - made > STALE)) await bringUpToDate();
  } finally {
    busy = false;
  }
}

function touch() {
  touched = performance.now();
}

for (const sign of ["pointerdown", "wheel", "touchmove", "keydown"]) addEventListener(sign, touch, { passive: true });
addEventListener("pointerdown", () => { pressed = true; });
for (const sign of ["pointerup", "pointercancel", "blur"]) addEventListener(sign, () => { pressed = false; });
addEventListener("visibilitychange", () => ask().catch(() => {}));
setInterval(() => ask().catch(() => {}), EVERY); // no network just now: the next question will tell
