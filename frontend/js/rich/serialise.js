// The editor's words as the Markdown that tenesa.mail.markdown reads (ADR-0045), or as plain text. Needs no browser.
const JOINER = "\u2060"; // a letter to Markdown, to nobody else; the server takes it out
const SIGNS = { strong: ["\ue000", "\ue001", "**"], em: ["\ue002", "\ue003", "*"] };
const OPENS = /[\ue000\ue002]/, SIGN = /[\ue000-\ue003]/, EVERY_SIGN = /[\ue000-\ue003]/g;
const PUNCTUATION = /[\p{P}\p{S}\ue000-\ue003]/u;

const escaped = (text) => text.replace(EVERY_SIGN, "").replace(/\s*\n\s*/g, " ").replace(/[\\*[\]|]/g, "\\$&").replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_");
const address = (href) => href.trim().replace(/[\\()<>|*_[\]\s]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`);
const file = (name) => encodeURIComponent(name).replace(/[()*_!']/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

// A line's words: { text, link, strong, em }
function runs(nodes) {
  return nodes.map((node) => {
    const of = (type) => node.marks.find((mark) => mark.type.name === type);
    const text = node.isText ? escaped(node.text) : `![${escaped(node.attrs.name)}](${file(node.attrs.name)})`;
    return { text, link: of("link")?.attrs.href, strong: !!of("strong"), em: !!of("em") };
  });
}

// Of the marks that begin here the one that reaches furthest is the outermost, so that none has to be cut.
function inline(all) {
  let out = "";
  for (let at = 0; at < all.length;) {
    const run = all[at];
    const reach = (same) => { let end = at; while (end < all.length && same(all[end])) end++; return end; };
    const marks = [["link", run.link && reach((one) => one.link === run.link)], ["strong", run.strong && reach((one) => one.strong)], ["em", run.em && reach((one) => one.em)]];
    const [mark, end] = marks.filter(([, to]) => to).sort((a, b) => b[1] - a[1])[0] ?? [];
    if (!mark) { out += run.text; at++; continue; }
    const inner = inline(all.slice(at, end).map((one) => ({ ...one, [mark]: undefined })));
    out += wrapped(mark, inner, run.link, out);
    at = end;
  }
  return out;
}

// No mark begins or ends with a space; a "!" before a link would make it a picture.
function wrapped(mark, inner, href, before) {
  const [, lead, words, trail] = inner.match(/^(\s*)([^]*?)(\s*)$/u);
  if (!words) return inner;
  if (mark !== "link") return `${lead}${SIGNS[mark][0]}${words}${SIGNS[mark][1]}${trail}`;
  return `${lead}${!lead && before.endsWith("!") ? JOINER : ""}[${words}](${address(href)})${trail}`;
}

// CommonMark lets a mark begin or end only at certain places; a joiner makes one of any place.
function signed(line) {
  return line.replace(EVERY_SIGN, (sign, at) => {
    const stars = Object.values(SIGNS).find((one) => one.includes(sign))[2], opens = OPENS.test(sign);
    const before = [...line.slice(Math.max(0, at - 2), at)].at(-1) ?? " ", after = [...line.slice(at + 1, at + 3)][0] ?? " ";
    const [inside, outside] = opens ? [after, before] : [before, after];
    const joins = SIGN.test(inside) || (PUNCTUATION.test(inside) && !/\s/u.test(outside));
    return `${!opens && joins ? JOINER : ""}${stars}${(opens ? joins : SIGN.test(after)) ? JOINER : ""}`;
  });
}

// What would begin a list, or rule off a table, is a word here.
const begun = (line) => line.replace(/^([-+:])/, "\\$1").replace(/^(\d+)([.)])/, "$1\\$2");

function lines(block) {
  const found = [[]];
  block.forEach((node) => (node.type.name === "hard_break" ? found.push([]) : found.at(-1).push(node)));
  const said = found.map((nodes) => signed(inline(runs(nodes)).trim()));
  return said.filter((line, at) => line || (said[at - 1] && said.slice(at).some(Boolean)));
}

function list(node, marker) {
  const ordered = node.type.name === "ordered_list";
  const items = [];
  node.forEach((item, _at, index) => {
    const sign = ordered ? `${node.attrs.order + index}${marker} ` : `${marker} `;
    let words = "";
    blocks(item).forEach(([text, type], place) => {
      const near = !words || (type === "bullet_list" && /^[-+] \S/.test(text));
      words += (place ? (near ? "\n" : "\n\n") : "") + text;
    });
    items.push(sign + words.replaceAll("\n", `\n${" ".repeat(sign.length)}`));
  });
  return items.join("\n");
}

function table(node) {
  const rows = [];
  node.forEach((row) => {
    const cells = [];
    row.forEach((cell) => cells.push({ head: cell.type.name === "table_header", align: cell.attrs.align, words: cell.firstChild ? lines(cell.firstChild).filter(Boolean).join(" ") : "" }));
    rows.push(cells);
  });
  const width = Math.max(...rows.map((cells) => cells.length));
  const blank = Array.from({ length: width }, () => ({ words: "" }));
  const head = rows[0].every((cell) => cell.head) && rows[0].some((cell) => cell.words) ? rows.shift() : blank;
  const rule = blank.map((_cell, at) => ({ words: { right: "--:", center: ":-:" }[[head, ...rows].map((cells) => cells[at]?.align).filter(Boolean).at(-1)] ?? "---" }));
  return [head, rule, ...rows].map((cells) => `| ${blank.map((_cell, at) => cells[at]?.words ?? "").join(" | ")} |`).join("\n");
}

// [text, type] of each block that says something; of two lists behind each other the second has another sign.
function blocks(parent) {
  const found = [];
  let before = "", other = false;
  parent.forEach((node) => {
    const type = node.type.name;
    const words = type === "paragraph" ? lines(node).map(begun).join("\n") : "";
    if (type === "paragraph" && !words.trim()) return parent.type.name === "list_item" && !found.length && found.push(["", type]);
    other = type === before && !other;
    before = type;
    if (type === "table") found.push([table(node), type]);
    else if (type === "bullet_list") found.push([list(node, other ? "+" : "-"), type]);
    else if (type === "ordered_list") found.push([list(node, other ? ")" : "."), type]);
    else found.push([words, type]);
  });
  return found;
}

export const markdown = (doc) => blocks(doc).map(([text]) => text).join("\n\n");

// --- plain text ------------------------------------------------------------------------------------------------------
const words = (block) => {
  let out = "";
  block.forEach((node, _at, index) => {
    if (node.type.name === "hard_break") out += "\n";
    if (!node.isText) return;
    const href = node.marks.find((mark) => mark.type.name === "link")?.attrs.href;
    const next = block.maybeChild(index + 1)?.marks.some((mark) => mark.attrs.href === href);
    out += node.text + (href && !next && href !== node.text ? ` (${href.replace(/^(mailto|tel):/, "")})` : "");
  });
  return out;
};

function plainBlock(node) {
  const parts = [];
  if (node.type.name === "table") {
    node.forEach((row) => { const cells = []; row.forEach((cell) => cells.push(plainBlock(cell).replaceAll("\n", " "))); parts.push(cells.join(" | ")); });
    return parts.join("\n");
  }
  if (node.isTextblock) return words(node);
  const sign = (index) => ({ bullet_list: "- ", ordered_list: `${(node.attrs.order ?? 1) + index}. ` })[node.type.name] ?? "";
  node.forEach((child, _at, index) => parts.push(sign(index) + plainBlock(child).replaceAll("\n", `\n${" ".repeat(sign(index).length)}`)));
  return parts.join(node.type.name === "doc" ? "\n\n" : "\n");
}

export const plain = (doc) => plainBlock(doc).replace(/\n{3,}/g, "\n\n").trim();
