// Questions answered one after the other on one page (form[data-next]): the caret goes on to the next that is open.
let waiting = [];
let around = null;
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, xhr } }) => {
  const form = requestConfig.elt;
  if (!form.matches?.("form[data-next]") || xhr.status >= 400) return;
  const all = [...document.querySelectorAll("form[data-next]")], at = all.indexOf(form);
  waiting = [...all.slice(at + 1), ...all.slice(0, at)].map(({ id }) => id);
  around = form.closest("[tabindex]");
});
document.addEventListener("htmx:afterSettle", () => {
  if (!around) return;
  const form = waiting.map((id) => document.getElementById(id)).find(Boolean);
  (form?.querySelector("input:not([type=hidden])") ?? around).focus();
  [waiting, around] = [[], null];
});
