// On a page without HTTPS: asks for a small address over HTTPS, and goes there where this browser trusts the box's certificate.
// Where it does not, or somebody has begun to do something here, everything stays as it is. So nobody is ever locked out.
"use strict";

const LONGEST = 3_000; // who waits longer for the answer has begun to read, in milliseconds
const { origin } = document.currentScript.dataset;
let begun = false;

for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => { begun = true; }, { passive: true, once: true });

async function goWhereTrusted() {
  const answer = await fetch(`${origin}/https/trusted`, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(LONGEST) });
  if (answer.ok && !begun) location.replace(origin + location.pathname + location.search + location.hash);
}

goWhereTrusted().catch(() => {}); // it does not trust it
