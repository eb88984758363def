// What the pages do by themselves; without it they work too, and are not brought up to date.
"use strict";

const token = document.querySelector("meta[name=csrf-token]").content;
const EVERY_CALL = 3000;
const EVERY_HOLD = 30000;

function form() {
  const sent = new FormData();
  sent.set("csrf_token", token);
  return sent;
}

function signedOut() {
  location.reload();
}

// Calls and tasks, without taking away what has the focus.
const live = document.getElementById("live");
if (live) {
  const query = new URLSearchParams(location.search);
  const from = query.has("page") ? `${live.dataset.from}?page=${encodeURIComponent(query.get("page"))}` : live.dataset.from;
  setInterval(async () => {
    if (document.hidden || live.contains(document.activeElement)) return;
    try {
      const answer = await fetch(from, { redirect: "manual" });
      if (answer.status === 401) signedOut();
      if (answer.ok) live.innerHTML = await answer.text();
    } catch {
      // The next time may go better.
    }
  }, EVERY_CALL);
}

// The offered times stay held while the page is there, and are free when it is left.
const times = document.getElementById("times");
const notHeld = document.getElementById("not-held");
if (times && notHeld) {
  let goesOn = false;
  document.addEventListener("submit", () => { goesOn = true; });
  setInterval(async () => {
    try {
      const answer = await fetch(times.dataset.stay, { method: "POST", body: form() });
      if (answer.status === 401) signedOut();
      if (answer.ok && !(await answer.json()).held) notHeld.hidden = false;
    } catch {
      // The hold may end meanwhile; the page then says so.
    }
  }, EVERY_HOLD);
  addEventListener("pagehide", () => {
    if (!goesOn) navigator.sendBeacon(times.dataset.leave, form());
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  const first = times.querySelector("button:enabled");
  if (first && !document.querySelector("[aria-invalid]")) first.focus();
}

// Whoever clicks a service, a number or a language sees its times at once. With the keyboard one passes others
// on the way, so there the key of the button shows them.
const service = document.getElementById("service");
if (service) {
  const persons = document.getElementById("persons");
  const language = document.getElementById("language");
  let clicked = false;
  const fit = () => {
    const most = service.selectedOptions[0]?.dataset.persons;
    if (most) persons.max = most;
    if (most && Number(persons.value) > Number(most)) persons.value = most;
  };
  const show = () => {
    fit();
    if (clicked && service.value && service.form.reportValidity()) service.form.requestSubmit();
  };
  fit();
  for (const field of [service, persons, language]) {
    field.addEventListener("pointerdown", () => { clicked = true; });
    field.addEventListener("keydown", () => { clicked = false; });
    field.addEventListener("change", show);
  }
}

// Alt and a key, the same in every browser: a browser that knows access keys is faster than this.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
  const wanted = /^[a-z0-9]$/.test(key) && document.querySelector(`[accesskey="${key}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.focus();
  if (wanted.matches("button, a")) wanted.click();
});
