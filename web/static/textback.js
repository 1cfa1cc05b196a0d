// What helps who types: counts the segments of a reply, keeps drafts, shows how texts read; and marks a thread read when it is
// seen, and makes a sound if that is wanted.
// The alphabet comes from the server, so that there is one table; the counting is that of modem/sms/gsm7.py.
"use strict";

const PAUSE = 300; // so long nobody types before a preview is asked for, in milliseconds
const WAIT = 15_000; // so long the box may take to answer, in milliseconds

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
  const { costs, odd } = alphabet.words;
  const cost = costs[Math.min(parts, costs.length) - 1].replace("{left}", left);
  return counted.odd ? `${cost}. ${odd.replace("{character}", counted.odd)}` : cost;
}

function countWhileTyping() {
  const box = document.querySelector("textarea[data-alphabet]");
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

// Shows how an automatic text reads while it is typed: the server makes the page anew, and its samples are put in place.
function previewWhileTyping() {
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  form.querySelector("[data-count]").hidden = true;
  let typed = 0;
  const show = async () => {
    const mine = typed;
    const body = new FormData(form);
    body.set("do", "show");
    const answer = await fetch(form.action, { method: "POST", body }).catch(Response.error);
    if (mine !== typed || !answer.ok) return; // gone, or typed on meanwhile
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    form.querySelector("#samples").replaceChildren(...(fresh.getElementById("samples")?.childNodes ?? []));
  };
  form.addEventListener("input", () => {
    typed += 1;
    const mine = typed;
    setTimeout(() => mine === typed && show(), PAUSE);
  });
  if (hasBegun(form)) show();
}

// Has somebody typed or chosen before this script was here?
function hasBegun(form) {
  return [...form.elements].some((field) =>
    field instanceof HTMLSelectElement
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field instanceof HTMLTextAreaElement && field.value !== field.defaultValue);
}

// With the ticket of its form, and the number where that is typed too.
function keep(form, place) {
  const { body, ticket, to } = form.elements;
  if (body.value.trim()) localStorage.setItem(place, JSON.stringify({ body: body.value, ticket: ticket.value, to: to?.value }));
  else localStorage.removeItem(place);
}

// What is typed is kept in this browser until it has gone out: sent twice, it is one text.
function keepDraft() {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const { body: box, to } = form.elements;
  const place = `draft ${document.body.dataset.user} ${form.dataset.draft}`;
  const kept = JSON.parse(localStorage.getItem(place) ?? "null");
  if (kept && !box.value && (!to?.value || to.value === kept.to)) {
    if (to) to.value = kept.to ?? "";
    box.value = kept.body;
    form.elements.ticket.value = kept.ticket;
    box.dispatchEvent(new Event("input"));
  }
  for (const field of to ? [box, to] : [box]) field.addEventListener("input", () => keep(form, place));
  form.addEventListener("submit", (event) => {
    if (event.submitter && !event.submitter.matches("[data-sends]")) return;
    event.preventDefault();
    keep(form, place);
    send(form, place, event.submitter?.value ?? "send");
  });
}

function complain(form, sentence) {
  const note = form.querySelector("#problem");
  note.textContent = sentence;
  note.hidden = !sentence;
}

async function send(form, place, how) {
  const button = form.querySelector(".primary");
  if (button.disabled) return;
  button.disabled = true;
  complain(form, "");
  const body = new FormData(form);
  body.set("do", how);
  const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(WAIT) }).catch(() => null);
  button.disabled = false;
  if (!answer) {
    complain(form, form.dataset.away);
  } else if (answer.redirected) {
    if (new URL(answer.url).pathname !== "/login") localStorage.removeItem(place);
    location.replace(answer.url);
    if (new URL(answer.url).pathname === location.pathname) location.reload(); // only the #end would change
  } else {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = fresh.getElementById("problem") ?? fresh.querySelector("main p");
    const ticket = fresh.querySelector("form[data-draft] [name=ticket]");
    if (ticket) {
      form.elements.ticket.value = ticket.value;
      keep(form, place);
    }
    const tick = fresh.querySelector("form[data-draft] .tick");
    if (tick && !form.querySelector(".tick")) form.querySelector("[for=body]").before(tick);
    complain(form, said?.textContent ?? form.dataset.refused);
  }
}

// Ctrl+Enter, or Cmd+Enter on a Mac, sends; Enter alone begins a line.
function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  const button = event.target.matches("textarea[data-alphabet]") && event.target.form.querySelector(".primary");
  if (!button || button.disabled) return;
  event.preventDefault();
  event.target.form.requestSubmit(button);
}

function putInSavedReplies() {
  for (const button of document.querySelectorAll("[data-words]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const box = button.form.elements.body;
      box.value = `${box.value.trimEnd()} ${button.dataset.words}`.trim();
      box.dispatchEvent(new Event("input"));
      button.closest("details").open = false;
      box.focus();
    });
  }
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.frequency.value = 660;
  loud.gain.setValueAtTime(0.2, audio.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  tone.connect(loud).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.5);
  tone.onended = () => audio.close();
}

function offerSound() {
  const wanted = () => localStorage.getItem("sound") === "on";
  const buttons = document.querySelectorAll("[data-sound]");
  const show = () => {
    for (const button of buttons) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(wanted()));
      const words = button.querySelector("[data-on]");
      words.textContent = wanted() ? words.dataset.on : words.dataset.off;
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      localStorage.setItem("sound", wanted() ? "off" : "on");
      show();
      if (wanted()) beep();
    });
  }
  show();
  document.addEventListener("made", (event) => event.detail.news && wanted() && beep());
}

// A menu closes when something else is pressed, or with Escape.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.do[open], details.more[open]")) {
    if (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target))) menu.open = false;
  }
}

countWhileTyping();
keepDraft();
putInSavedReplies();
previewWhileTyping();
offerSound();
markRead();
addEventListener("click", closeMenus);
addEventListener("keydown", closeMenus);
addEventListener("keydown", sendByKey);
// A page that was brought up to date by itself has perhaps been seen by nobody: it counts as read when somebody touches it.
for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => markRead());
