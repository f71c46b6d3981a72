// What reaches a person on any page: a sound where they want one (off until they say so), and a case that was given opens
// by itself where nothing is open beside the list and nobody is typing.
const WANTED = "sound";
const wants = () => localStorage.getItem(WANTED) === "on";
const shown = () => new Set([...document.querySelectorAll(".incoming a[href]")].map((link) => link.getAttribute("href")));
let heard = shown();
let player;

function beep() {
  player ??= new AudioContext();
  const tone = player.createOscillator();
  const volume = player.createGain();
  volume.gain.setValueAtTime(0.12, player.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, player.currentTime + 0.35);
  tone.frequency.value = 660;
  tone.connect(volume).connect(player.destination);
  tone.start();
  tone.stop(player.currentTime + 0.35);
  document.body.dataset.sounded = String(Number(document.body.dataset.sounded ?? 0) + 1);
}

// Put away it stays in its list, and here it does not come again.
const AWAY = "put-away";
const away = () => sessionStorage.getItem(AWAY);
document.addEventListener("click", ({ target }) => {
  const given = target.closest("[data-put-away]")?.closest("[data-given]");
  if (!given) return;
  sessionStorage.setItem(AWAY, given.dataset.given);
  given.remove();
});

document.addEventListener("htmx:load", (event) => {
  const part = event.detail.elt;
  if (!part.closest?.(".incoming")) return draw();
  if (away()) part.parentElement.querySelector(`[data-given="${CSS.escape(away())}"]`)?.remove();
  const now = shown();
  if ([...now].some((address) => !heard.has(address)) && wants()) beep();
  heard = now;
  const link = part.querySelector("[data-open-now]");
  const busy = document.activeElement?.closest("input, textarea, select, dialog");
  if (link && !busy && !document.querySelector("#open [data-case]")) link.click();
});

function draw() {
  for (const box of document.querySelectorAll("[data-sound]")) box.checked = wants();
}
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-sound]")) return;
  localStorage.setItem(WANTED, event.target.checked ? "on" : "off");
  if (event.target.checked) beep(); // so that it is known how it sounds, and the browser lets it sound later
});
draw();
