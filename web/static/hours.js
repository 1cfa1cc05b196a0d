// Times that are picked beside a day stand in its field at once. Without this script the form's reader takes them from there.
"use strict";

const plain = (time) => time.replace(/^0(?=\d)/, "");

for (const picker of document.querySelectorAll("[data-day]")) {
  const field = document.getElementById(picker.dataset.day);
  picker.addEventListener("change", () => {
    const times = Array.from(picker.querySelectorAll("input"), (input) => input.value);
    const spans = [];
    for (let at = 0; at < times.length; at += 2) {
      if (times[at] && times[at + 1]) spans.push(`${plain(times[at])}-${plain(times[at + 1])}`);
    }
    field.value = spans.join(", ").replaceAll("-0:00", "-24:00");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
