// What a person typed or chose in a form is theirs: where the page draws the form anew, it is put back by the names of its inputs.
const touched = new WeakSet();
let last = null;
const note = ({ target }) => { if (target.form) touched.add(last = target); };
document.addEventListener("input", note);
document.addEventListener("change", note);

const isChoice = (one) => ["checkbox", "radio"].includes(one.type);
const typedIn = (form) => [...form.elements].filter((one) => touched.has(one));
const isRefused = (one) => !one.multiple && one.matches("[aria-invalid=true]"); // another file is wanted
const caseNow = () => document.querySelector("#open [data-case]")?.dataset.case;

// What was sent is safe.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.elt.matches?.("form")) for (const one of detail.elt.elements) touched.delete(one);
});

// Back to where somebody was writing.
export const goOn = () => last?.isConnected && last.focus();

// The forms of a part in which somebody writes: with the caret, or with words that were not sent.
export function writtenIn(part) {
  const at = document.activeElement?.closest("input, select, textarea")?.form;
  return [...part.querySelectorAll("form")].filter((form) => form === at || typedIn(form).length);
}

function remember(form) {
  return typedIn(form).map((one) => ({
    form: form.getAttribute("hx-post"), name: one.name, value: one.value, checked: one.checked, files: one.files,
    label: one.labels?.[0]?.firstChild?.textContent.trim() ?? "",
  }));
}

function placeOf(one) {
  const fields = document.querySelectorAll(`form[hx-post="${CSS.escape(one.form)}"] [name="${CSS.escape(one.name)}"]`);
  return [...fields].find((field) => !isChoice(field) || field.value === one.value);
}

function fill(field, one) {
  if (isChoice(field)) field.checked = one.checked;
  else if (field.type === "file") field.files = one.files;
  else if (field.value !== one.value) field.value = one.value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true })); // what hangs on it follows
}

// Words whose form is no longer there are shown.
function show(lost) {
  const source = document.querySelector("template[data-kept]");
  if (!source || !lost.length) return;
  if (!document.getElementById("kept-words")) source.before(source.content.cloneNode(true));
  for (const { label, value } of lost) document.getElementById("kept-words").append(
    Object.assign(document.createElement("p"), { className: "small quiet", textContent: label }),
    Object.assign(document.createElement("blockquote"), { textContent: value }),
  );
}

let before = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt, verb } = detail.requestConfig, forms = [...(detail.target.querySelectorAll?.("form[hx-post]:not(.composer form)") ?? [])]; // the composer has drafts
  const others = forms.filter((form) => form !== elt);
  before = { at: caseNow(), others: others.flatMap(remember), sent: forms.includes(elt) ? remember(elt) : [], went: verb === "post" && detail.xhr.status < 400 };
});
document.addEventListener("htmx:afterSwap", () => {
  if (!before) return;
  const { at, others, sent, went } = before;
  before = null;
  for (const one of others) if (placeOf(one)) fill(placeOf(one), one);
  // Of the form that was refused the server has drawn the words: they are still unsent.
  if (!went) for (const one of sent) {
    const field = placeOf(one);
    if (field?.type === "file" && !isRefused(field)) field.files = one.files;
    if (field) touched.add(field);
  }
  const isWords = (one) => !["on", "true", "false"].includes(one.value) && one.value.trim() && one.label && !one.checked && !one.files;
  if (!went && at === caseNow()) show(others.filter((one) => isWords(one) && !placeOf(one)));
});
