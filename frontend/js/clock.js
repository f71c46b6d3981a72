// Keeps relative times true between two answers of the server: <time data-due> counts down, <time data-since> up.
const units = document.documentElement.dataset;

function words(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const sign = seconds < 0 && minutes > 0 ? "−" : "";
  if (minutes < 60) return `${sign}${minutes} ${units.minute}`;
  if (minutes < 60 * 24) return `${sign}${Math.floor(minutes / 60)} ${units.hour} ${minutes % 60} ${units.minute}`;
  const hours = Math.floor((minutes % 1440) / 60);
  return `${sign}${Math.floor(minutes / 1440)} ${units.day}` + (hours ? ` ${hours} ${units.hour}` : "");
}

// What had to wait for this moment may be done now: the page asks again what.
function over(box) {
  delete box.dataset.then;
  window.htmx.trigger(document.body, "live-case");
}

export function tick(root = document) {
  const now = Date.now();
  for (const time of root.querySelectorAll("time[data-due]")) {
    const left = (Date.parse(time.dateTime) - now) / 1000;
    time.textContent = words(left);
    const warn = time.dataset.warn && Date.parse(time.dataset.warn) <= now;
    const box = time.closest("[data-signal]");
    if (left < 0 && box && "then" in box.dataset) over(box);
    else if (box) box.dataset.signal = left < 0 ? "breach" : warn ? "risk" : time.dataset.due === "calm" ? "" : "met";
  }
  for (const time of root.querySelectorAll("time[data-since]")) time.textContent = words((now - Date.parse(time.dateTime)) / 1000);
}

setInterval(tick, 15_000);
document.addEventListener("htmx:afterSettle", (event) => tick(event.detail.elt));
