// What was typed into a plain form outlives a session that ended or a form that was too old: it is put back when the
// page comes again. Kept in this tab alone, for one person, until the server has answered with another page.
const KEPT = "words";
const read = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
const drop = () => sessionStorage.removeItem(KEPT);
const person = () => document.querySelector("meta[name=person]")?.content ?? "";
const signingIn = () => document.querySelector("form input[type=password]");
const signedIn = () => /\/(sign-in|login)\/$/.test(document.referrer.split("?")[0]); // before that page's script ran
const actionOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const isPlain = (form) => form.method === "post" && !form.querySelector("[type=password]") && !form.closest("[hx-post]");
const typed = (form) => [...form.elements].filter((one) => one.name && !["hidden", "file", "submit", "button", "password"].includes(one.type));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !isPlain(form)) return;
  const values = typed(form).map((one) => [one.name, one.value, one.checked ?? null]);
  if (!values.length) return drop();
  const at = [...document.querySelectorAll("form")].filter((other) => actionOf(other) === actionOf(form)).indexOf(form);
  sessionStorage.setItem(KEPT, JSON.stringify({ page: location.pathname, action: actionOf(form), at, person: person(), values }));
});

function fill(form, values) {
  const fields = typed(form);
  for (const [name, value, checked] of values) {
    const choice = (one) => ["checkbox", "radio"].includes(one.type);
    const field = fields.find((one) => one.name === name && (!choice(one) || one.value === value));
    if (!field) continue;
    if (choice(field)) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function comeBack() {
  const kept = read();
  if (!kept) return;
  const waits = signingIn() || document.querySelector("[data-refused]");
  if (waits) return sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, refused: true }));
  drop();
  if (!(kept.refused || signedIn()) || kept.person !== person() || kept.page !== location.pathname) return;
  const form = [...document.querySelectorAll("form")].filter((one) => actionOf(one) === kept.action)[kept.at];
  if (!form) return;
  fill(form, kept.values);
  form.closest("details")?.setAttribute("open", "");
  form.scrollIntoView({ block: "nearest" });
  document.dispatchEvent(new CustomEvent("notice", { detail: { name: "kept" } }));
}

comeBack();
addEventListener("pageshow", (event) => event.persisted && comeBack());
