// From a plain text to the editor of formatted mails and back. The editor is fetched when it is first wanted; the text
// field stays the one that is sent, saved and looked at: it has the words as Markdown then.
import { add, says } from "./composer.js";

const MAY_FORMAT = /<(?:table|ul|ol|li|strong|em|i|b|a)\b|font-weight|mso-list/i; // the editor itself knows better
const composer = () => document.querySelector("#composer form");
const field = () => composer()?.querySelector("textarea[data-text]");
const opener = () => composer()?.querySelector("[data-format=open]");
let editor = null;
let fetched = null;

async function load() {
  const text = field();
  text.readOnly = true; // what is typed meanwhile would be lost
  try {
    return await (fetched ??= import(opener().dataset.module));
  } catch (error) {
    fetched = null;
    throw error;
  } finally {
    text.readOnly = false;
  }
}

function shown(rich) {
  const form = composer(), box = form.querySelector(".rich");
  box.hidden = !rich;
  field().hidden = rich;
  opener().hidden = rich;
  form.elements.formatted.value = rich ? "true" : "";
}

async function open({ from = null, then = () => {} } = {}) {
  const text = field();
  const { mount } = await load();
  if (text !== field() || editor) return;
  shown(true);
  editor = mount({ box: composer().querySelector(".rich"), text, files: composer().querySelector("input[type=file]"), attach: (files) => add(composer().querySelector("input[type=file]"), files), from, leave });
  editor.view.focus();
  then(editor);
}

function leave(words) {
  editor.destroy();
  editor = null;
  shown(false);
  const text = field();
  text.value = words;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

// A composer that is drawn begins as it was kept; the one before it is gone.
document.addEventListener("htmx:afterSettle", (event) => {
  if (editor && !editor.box.isConnected) { editor.destroy(); editor = null; }
  if (event.detail.target?.id === "composer" && composer()?.elements.formatted?.value) open({ from: composer().querySelector("template[data-formatted]").content });
  if (event.detail.target?.id === "preview") for (const img of event.detail.target.querySelectorAll("img:not([src])")) editor?.display(img, img.alt);
});

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-format=open]")) open(); });
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || !opener() || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const mark = { b: "strong", i: "em" }[event.key];
  if (!mark) return;
  event.preventDefault();
  open({ then: (one) => one.run(mark) });
});

// Words with a form, or a picture, pasted into the plain text: the editor takes them, where it finds any.
document.addEventListener("paste", (event) => {
  const text = field(), data = event.clipboardData;
  if (event.target !== text || !opener()) return;
  const html = data.getData("text/html"), plain = data.getData("text/plain"), files = [...data.files];
  const picture = !says(data) && files.some((file) => file.type.startsWith("image/"));
  if (!picture && !MAY_FORMAT.test(html)) return;
  event.preventDefault();
  const put = (words) => { text.focus(); document.execCommand("insertText", false, words); };
  load().then(({ formats, isPicture }) => {
    if (picture) return files.some(isPicture) ? open({ then: (one) => one.takes(files) }) : add(composer().querySelector("input[type=file]"), files);
    return formats(html) ? open({ then: (one) => one.view.pasteHTML(html) }) : put(plain);
  }).catch(() => put(plain)); // without the editor the words come as they are
}, true);
