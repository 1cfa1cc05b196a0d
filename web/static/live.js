// Keeps an open page fresh: asks now and then for news. Nothing moves under the finger: a page that somebody uses is
// left as it is and only says that there is news; one that lies there is made anew in place.
"use strict";

const EVERY = 2_000; // between two questions, in milliseconds
const IDLE = 15_000; // without a touch for so long, nobody uses it
const STALE = 60_000; // "8 min ago" is no longer true

let touched = Date.now();
let made = Date.now();

function inUse() {
  const field = document.activeElement;
  const typing = field && ["INPUT", "TEXTAREA"].includes(field.tagName);
  const draft = document.getElementById("body");
  const open = document.querySelector("details[open]");
  return Date.now() - touched < IDLE || typing || open || (draft && draft.value);
}

async function makeAnew() {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) {
    location.reload();
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (inUse()) return; // somebody came while it was fetched
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
  const place = scrollY;
  document.title = fresh.title;
  document.body.replaceWith(document.adoptNode(fresh.body));
  made = Date.now();
  scrollTo(0, atEnd ? document.documentElement.scrollHeight : place);
  document.dispatchEvent(new Event("made"));
}

async function ask() {
  const news = document.getElementById("news");
  if (!news || document.visibilityState !== "visible") return;
  const answer = await fetch("/news");
  if (answer.redirected) location.reload();
  if (!answer.ok) return;
  const changed = (await answer.json()).mark !== news.dataset.mark;
  if (inUse()) news.hidden = !changed;
  else if (changed || Date.now() - made > STALE) await makeAnew();
}

for (const sign of ["pointerdown", "keydown", "wheel", "touchmove"]) {
  addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
}
addEventListener("visibilitychange", () => ask().catch(() => {}));
setInterval(() => ask().catch(() => {}), EVERY); // no network just now: the next question will tell
