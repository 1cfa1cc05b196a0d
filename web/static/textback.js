// What makes the page live: counts the segments of a reply while it is typed, and marks a thread read when it is seen.
// The alphabet comes from the server, so that there is one table; the counting is that of modem/gsm7.py.
"use strict";

const PAUSE = 300; // so long nobody types before a preview is asked for, in milliseconds

function unitsOf(text, { one, two }) {
  const costs = [];
  let odd = null;
  for (const char of text) {
    if (one.includes(char)) costs.push(1);
    else if (two.includes(char)) costs.push(2);
    else odd = odd || char;
  }
  if (odd === null) return { costs, odd, single: 160, each: 153 };
  return { costs: Array.from(text, (char) => char.length), odd, single: 70, each: 67 };
}

function segments({ costs, single, each }) {
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  if (units <= single) return { parts: 1, left: single - units };
  let parts = 1;
  let room = each;
  for (const cost of costs) {
    if (cost > room) {
      parts += 1;
      room = each;
    }
    room -= cost;
  }
  return { parts, left: room };
}

function sentence(text, alphabet) {
  const plain = Array.from(text, (char) => alphabet.twins[char] ?? char).join("");
  const counted = unitsOf(plain, alphabet);
  const { parts, left } = segments(counted);
  const texts = parts === 1 ? "1 text" : `${parts} texts`;
  const why = counted.odd ? `. “${counted.odd}” makes a text hold 70 characters instead of 160` : "";
  return `${texts}, ${left} characters left${why}`;
}

function countWhileTyping() {
  const box = document.getElementById("body");
  if (!box) return;
  const cost = document.getElementById("cost");
  const empty = cost.textContent;
  const alphabet = JSON.parse(box.dataset.alphabet);
  const count = () => {
    const text = box.value.trim();
    cost.textContent = text ? sentence(text, alphabet) : empty;
  };
  box.addEventListener("input", count);
  document.querySelector("[data-count]").hidden = true;
  if (box.value) count();
}

async function markRead() {
  const unread = document.querySelector("form[data-read]");
  if (!unread || unread.hidden || document.visibilityState !== "visible") return;
  unread.hidden = true;
  const answer = await fetch(unread.action, { method: "POST", body: new FormData(unread) }).catch(Response.error);
  unread.hidden = answer.ok;
  const badges = answer.ok ? document.querySelectorAll(".unread:has([aria-current]) .count") : [];
  for (const badge of badges) badge.hidden = true;
}

// Shows how an automatic text reads while it is typed: the server makes the page anew, and its previews are put in place.
function previewWhileTyping() {
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  form.querySelector("[data-count]").hidden = true;
  let typed = 0;
  const show = async () => {
    const mine = typed;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(Response.error);
    if (!answer.ok || mine !== typed) return; // gone, or typed on meanwhile
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of form.querySelectorAll("[aria-live]")) {
      part.replaceChildren(...(fresh.getElementById(part.id)?.childNodes ?? []));
    }
  };
  form.addEventListener("input", () => {
    typed += 1;
    const mine = typed;
    setTimeout(() => mine === typed && show(), PAUSE);
  });
}

countWhileTyping();
previewWhileTyping();
markRead();
// A page that was made anew by itself has perhaps been seen by nobody: it counts as read when somebody touches it.
document.addEventListener("made", countWhileTyping);
document.addEventListener("made", previewWhileTyping);
for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => markRead());
