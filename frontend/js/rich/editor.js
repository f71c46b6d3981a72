// The editor of formatted mails: fetched when somebody formats. The text field beside it holds its words as Markdown.
import { baseKeymap, chainCommands, toggleMark } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { DOMParser, Slice } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState, Plugin, Selection, TextSelection } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell, isInTable, tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { clean, formats } from "./paste.js";
import { isPicture, named, show } from "./pictures.js";
import { isLink, schema } from "./schema.js";
import { markdown, plain } from "./serialise.js";

export { formats, isPicture };
const { nodes, marks } = schema;

// --- plain words -----------------------------------------------------------------------------------------------------
const line = (text) => text.split("\n").flatMap((part, at) => [...(at ? [nodes.hard_break.create()] : []), ...(part ? [schema.text(part)] : [])]);
const paragraphs = (text) => text.replace(/\r\n?/g, "\n").split("\n\n").map((part) => nodes.paragraph.create(null, line(part)));
const docOf = (text) => nodes.doc.create(null, paragraphs(text));
const placeOf = (text, offset) => docOf(text.slice(0, offset)).content.size - 1;

// --- commands --------------------------------------------------------------------------------------------------------
const LISTS = [nodes.bullet_list, nodes.ordered_list];

// [node, position] of the innermost list around the caret.
function listAround({ selection: { $from } }) {
  for (let depth = $from.depth; depth > 0; depth--) if (LISTS.includes($from.node(depth).type)) return [$from.node(depth), $from.before(depth)];
  return [];
}

const list = (type) => (state, dispatch) => {
  const [node, at] = listAround(state);
  if (!node) return wrapInList(type)(state, dispatch);
  if (node.type === type) return liftListItem(nodes.list_item)(state, dispatch);
  dispatch?.(state.tr.setNodeMarkup(at, type));
  return true;
};

function bare(state, dispatch) {
  const { from, to, empty } = state.selection;
  if (empty && listAround(state)[0]) return liftListItem(nodes.list_item)(state, dispatch);
  dispatch?.(state.tr.removeMark(from, to).setStoredMarks([]));
  return true;
}

function table(state, dispatch) {
  if (isInTable(state)) return false;
  const row = (cell) => nodes.table_row.create(null, Array.from({ length: 3 }, () => cell.createAndFill()));
  const made = nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)]);
  const tr = state.tr.replaceSelectionWith(made);
  const before = tr.mapping.map(state.selection.from, -1);
  let at = -1;
  tr.doc.nodesBetween(Math.max(0, before - 1), tr.doc.content.size, (node, pos) => { if (at < 0 && node.type === nodes.table) at = pos; return at < 0; });
  dispatch?.(tr.setSelection(Selection.near(tr.doc.resolve(at + 3))).scrollIntoView());
  return true;
}

const SCHEME = /^[a-z][\w+.-]*:(?!\d)/i; // "telkom.example:8080" has none

// Behind the last cell a new row begins.
const nextRow = (state, dispatch, view) => isInTable(state) && addRowAfter(state, dispatch) && (!dispatch || goToNextCell(1)(view.state, dispatch));
const COMMANDS = {
  strong: toggleMark(marks.strong), em: toggleMark(marks.em), bullet_list: list(nodes.bullet_list), ordered_list: list(nodes.ordered_list),
  table, bare, undo, row: addRowAfter, column: addColumnAfter, less_row: chainCommands(deleteRow, deleteTable), less_column: chainCommands(deleteColumn, deleteTable),
};
const lineBreak = (state, dispatch) => { dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView()); return true; };
const KEYS = {
  "Mod-b": COMMANDS.strong, "Mod-i": COMMANDS.em, "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo, "Mod-\\": bare,
  "Mod-Shift-7": COMMANDS.ordered_list, "Mod-Shift-8": COMMANDS.bullet_list,
  Enter: chainCommands(splitListItem(nodes.list_item), goToNextCell(1), nextRow), "Shift-Enter": lineBreak,
  Tab: chainCommands(goToNextCell(1), nextRow, sinkListItem(nodes.list_item)), "Shift-Tab": chainCommands(goToNextCell(-1), liftListItem(nodes.list_item)),
};
const RULES = inputRules({ rules: [wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list), wrappingInputRule(/^1[.)]\s$/, nodes.ordered_list)] });
// Above and below a table there is a line to write in.
const LINES = new Plugin({
  appendTransaction: (all, old, state) => {
    const { doc, tr } = state;
    if (doc.lastChild.type === nodes.table) tr.insert(doc.content.size, nodes.paragraph.create());
    if (doc.firstChild.type === nodes.table) tr.insert(0, nodes.paragraph.create());
    const pasted = all.some((one) => one.getMeta("paste")) && !isInTable(old) && isInTable(state);
    if (pasted) tr.setSelection(Selection.near(tr.doc.resolve(tr.mapping.map(state.selection.$from.after(1))))).scrollIntoView(); // one writes on below it
    return tr.docChanged || pasted ? tr : null;
  },
});

// --- the view --------------------------------------------------------------------------------------------------------
class Editor {
  // `box` is .rich of the composer, `text` its field; `attach(files)` adds files to the mail; `from` is HTML of the server, or nothing.
  constructor({ box, text, files, attach, from, leave }) {
    Object.assign(this, { box, text, files, attach, leave, shown: new Set(), abort: new AbortController() });
    const doc = from ? DOMParser.fromSchema(schema).parse(from) : docOf(text.value);
    const selection = from ? Selection.atEnd(doc) : TextSelection.create(doc, placeOf(text.value, text.selectionStart), placeOf(text.value, text.selectionEnd));
    const plugins = [RULES, keymap(KEYS), keymap(baseKeymap), history(), tableEditing(), LINES];
    this.view = new EditorView({ mount: box.querySelector("[data-editor]") }, {
      state: EditorState.create({ doc, selection, plugins }),
      attributes: { class: "formatted" },
      nodeViews: { picture: (node) => this.picture(node) },
      transformPastedHTML: clean,
      clipboardTextParser: (pasted) => Slice.maxOpen(docOf(pasted).content),
      clipboardTextSerializer: (slice) => plain(nodes.doc.createAndFill(null, slice.content) ?? docOf(slice.content.textBetween(0, slice.content.size, "\n"))),
      handlePaste: (view, event) => this.pasted(event.clipboardData, view.state.selection.from),
      handleDrop: (view, event) => !!event.dataTransfer?.files.length && this.takes(event.dataTransfer.files, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
      // Escape and Ctrl+Enter are the page's; ProseMirror would swallow them.
      handleDOMEvents: { keydown: (_view, event) => event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey)) },
      dispatchTransaction: (tr) => this.changed(tr),
    });
    this.asField();
    const on = (el, name, act) => el?.addEventListener(name, act, { signal: this.abort.signal });
    on(box, "click", (event) => this.pressed(event.target.closest("[data-format]")));
    on(box, "mousedown", (event) => event.target.closest("[data-format]") && event.preventDefault()); // the words stay chosen
    on(box, "keydown", (event) => this.key(event));
    on(files, "change", () => this.shown.forEach(({ img, name }) => this.display(img, name)));
    this.draw();
  }

  destroy() {
    this.abort.abort();
    this.view.destroy();
  }

  // What suggestions ask of a text field (suggest.js): the words before the caret, and to put others in their place.
  asField() {
    const { view } = this;
    const before = () => { const { $head } = view.state.selection; return $head.parent.textBetween(0, $head.parentOffset, null, "\ufffc"); };
    Object.defineProperties(view.dom, {
      value: { get: before, configurable: true },
      selectionStart: { get: () => before().length, configurable: true },
      putTyped: { value: (at, words) => this.put(at, words), configurable: true },
    });
  }

  put(at, words) {
    const { state } = this.view, start = state.selection.$head.start() + at;
    const tr = state.tr.replaceRange(start, state.selection.head, Slice.maxOpen(docOf(words).content));
    const end = tr.mapping.map(state.selection.head);
    tr.doc.nodesBetween(start, end, (node, pos) => {
      const open = node.isText && node.text.match(/\{[a-z_]+\}/); // what the case does not know is chosen, to be typed over
      if (open && pos + open.index >= start - 1 && tr.selection.empty) tr.setSelection(TextSelection.create(tr.doc, pos + open.index, pos + open.index + open[0].length));
    });
    this.view.dispatch(tr.scrollIntoView());
    this.view.focus();
  }

  changed(tr) {
    this.view.updateState(this.view.state.apply(tr));
    if (tr.docChanged) {
      this.text.value = markdown(this.view.state.doc);
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
      this.view.dom.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
    }
    this.draw();
  }

  draw() {
    const { state } = this.view, { from, to, empty, $from } = state.selection;
    const listed = listAround(state)[0]?.type;
    const has = (mark) => (empty ? !!mark.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, mark));
    const on = { strong: has(marks.strong), em: has(marks.em), link: has(marks.link), bullet_list: listed === nodes.bullet_list, ordered_list: listed === nodes.ordered_list };
    for (const [name, pressed] of Object.entries(on)) this.box.querySelector(`[data-format=${name}]`)?.setAttribute("aria-pressed", String(pressed));
    this.box.querySelector("[data-in-table]").hidden = !isInTable(state);
    const over = this.text.value.length - this.text.maxLength, said = this.box.querySelector("[data-over]");
    said.hidden = !(this.text.maxLength > 0 && over > 0);
    said.textContent = said.dataset.over.replace("{n}", over);
  }

  picture(node) {
    const img = document.createElement("img");
    const one = { img, name: node.attrs.name };
    this.shown.add(one);
    this.display(img, one.name);
    return { dom: img, destroy: () => this.shown.delete(one) };
  }

  // A picture of the mail by its name, here or in the preview.
  display(img, name) {
    show(img, this.files, name, this.box.querySelector("[data-editor]").dataset.missing);
  }

  // Office programs lay a picture of what was copied beside its words: the words are meant.
  pasted(data, at) {
    if (!data?.files.length || clean(data.getData("text/html")).replace(/<[^>]*>/g, "").trim()) return false;
    return this.takes(data.files, at);
  }

  takes(files, at = this.view.state.selection.from) {
    for (const given of [...files]) {
      const file = isPicture(given) ? named(given, this.files) : given;
      this.attach([file]);
      if (!isPicture(file)) continue;
      const tr = this.view.state.tr.replaceRangeWith(at, at, nodes.picture.create({ name: file.name }));
      at = tr.mapping.map(at);
      this.view.dispatch(tr);
    }
    this.view.focus();
    return true;
  }

  run(name) {
    COMMANDS[name]?.(this.view.state, this.view.dispatch, this.view);
    this.view.focus();
  }

  pressed(button) {
    if (!button) return;
    const name = button.dataset.format;
    if (name === "link") this.askLink();
    else if (name === "link_set") this.setLink();
    else if (name === "link_no") this.closeLink();
    else if (name === "plain") this.toPlain();
    else if (name === "plain_yes") this.leave(plain(this.view.state.doc));
    else if (name === "plain_no") this.box.querySelector("[data-losing]").hidden = true;
    else this.run(name);
  }

  key(event) {
    const inLink = event.target.matches?.("[data-link]");
    if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "l") this.askLink();
    else if (inLink && event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.setLink();
    else if (inLink && event.key === "Escape") this.closeLink();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // --- links -----
  link() {
    const { from, to, $from, empty } = this.view.state.selection;
    let href = "";
    if (empty) href = marks.link.isInSet($from.marks())?.attrs.href ?? "";
    else this.view.state.doc.nodesBetween(from, to, (node) => { href ||= marks.link.isInSet(node.marks)?.attrs.href ?? ""; });
    return href;
  }

  askLink() {
    const field = this.box.querySelector("[data-link]");
    this.box.querySelector("[data-linking]").hidden = false;
    field.value = this.link() || "https://";
    this.saysOdd(false);
    field.focus();
    field.select();
  }

  saysOdd(odd) {
    this.box.querySelector("[data-link]").setAttribute("aria-invalid", String(odd));
    this.box.querySelector("[data-odd]").hidden = !odd;
  }

  closeLink() {
    this.box.querySelector("[data-linking]").hidden = true;
    this.view.focus();
  }

  // Without words chosen the address stands for itself; without an address the link goes.
  setLink() {
    const field = this.box.querySelector("[data-link]"), typed = field.value.trim();
    const href = isLink(typed) || !typed || SCHEME.test(typed) ? typed : /^[^\s@]+@[^\s@]+$/.test(typed) ? `mailto:${typed}` : `https://${typed}`;
    const none = !typed || typed === "https://", odd = !none && !isLink(href);
    this.saysOdd(odd);
    if (odd) return field.focus();
    const { state } = this.view, { tr } = state;
    let { from, to } = state.selection;
    const { $from, empty } = state.selection;
    if (empty && this.link()) [from, to] = around($from);
    if (from === to && !none) { tr.insertText(href.replace(/^(mailto|tel):/, ""), from); to = tr.mapping.map(to); }
    tr.removeMark(from, to, marks.link);
    if (!none) tr.addMark(from, to, marks.link.create({ href })).removeStoredMark(marks.link);
    this.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, to)));
    this.closeLink();
  }

  toPlain() {
    const words = plain(this.view.state.doc), { doc } = this.view.state;
    if (docOf(words).eq(doc)) return this.leave(words);
    const losing = this.box.querySelector("[data-losing]");
    losing.hidden = false;
    losing.querySelector("button").focus();
  }
}

// The stretch of text with the link in which the caret stands.
function around($at) {
  const { parent } = $at, mark = marks.link.isInSet($at.marks());
  let from = $at.start(), to = from, found = [from, from];
  parent.forEach((node) => {
    to += node.nodeSize;
    if (!mark.isInSet(node.marks)) from = to;
    else if (from <= $at.pos && to >= $at.pos) found = [from, to];
  });
  return found;
}

export const mount = (options) => new Editor(options);
