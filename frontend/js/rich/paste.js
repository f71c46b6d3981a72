// What Word, Excel, Outlook, Google and browsers put on the clipboard, made plain: paragraphs, lists, tables, links, bold
// and italic. Read in a document that runs and loads nothing; the schema has the last word.
const KEPT = { a: ["href"], ol: ["start"], td: ["align"], th: ["align"], img: ["alt"] };
const GONE = "script, style, head, title, meta, link, template, iframe, object, svg, math, noscript, img:not([data-picture])";
const BLOCK = "p, div, li, ul, ol, h1, h2, h3, h4, h5, h6, pre, blockquote, br, table, tr, td, th, hr";
const all = (root, selector) => [...root.querySelectorAll(selector)];
const style = (el) => el.getAttribute("data-style") ?? "";
// Styles and handlers are set aside before anything parses them: our policy forbids them even where nobody sees them.
const unstyled = (html) => html.replace(/<style\b[^]*?(?:<\/style\s*>|$)/gi, "").replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/(?<=[\s"']|^<[\w:-]+\/)(style|on\w+)(?=\s*=)/gi, "data-$1"));
const unwrap = (el) => el.replaceWith(...el.childNodes);

function rename(el, name) {
  const made = el.ownerDocument.createElement(name);
  made.append(...el.childNodes);
  el.replaceWith(made);
  return made;
}

function within(el, name) {
  const made = el.ownerDocument.createElement(name);
  made.append(...el.childNodes);
  el.append(made);
}

// Word's lists are paragraphs with a level and a drawn sign.
function wordLists(root) {
  let open = [];
  for (const p of all(root, "p")) {
    const level = Number(style(p).match(/mso-list:[^;]*\blevel(\d)/i)?.[1]);
    if (!level) continue;
    const sign = all(p, "span").find((span) => /mso-list:\s*ignore/i.test(style(span)));
    const ordered = /^[\s(]*([0-9]+|[a-z]{1,4})[.)]/i.test(sign?.textContent ?? "");
    sign?.remove();
    if (!open.length || p.previousElementSibling !== open[0].list) open = [];
    while (open.length && open.at(-1).level > level) open.pop();
    if (!open.length || open.at(-1).level < level) {
      const list = root.ownerDocument.createElement(ordered ? "ol" : "ul");
      if (open.length) open.at(-1).list.lastElementChild.append(list);
      else p.before(list);
      open.push({ level, list });
    }
    open.at(-1).list.append(p);
    rename(p, "li");
  }
  for (const list of all(root, ":is(ul, ol) > :is(ul, ol)")) list.previousElementSibling?.append(list); // Google's nesting
}

function marks(root) {
  for (const el of all(root, "b, strong, i, em, [data-style]")) {
    const said = style(el), name = el.localName;
    const bold = /(?:^|;)\s*font-weight:\s*(?:bold|[6-9]00)/i.test(said), thin = /(?:^|;)\s*font-weight:\s*(?:normal|400)/i.test(said);
    const slanted = /(?:^|;)\s*font-style:\s*italic/i.test(said), upright = /(?:^|;)\s*font-style:\s*normal/i.test(said);
    if (["b", "strong"].includes(name) ? thin : ["i", "em"].includes(name) && upright) unwrap(el);
    else {
      if (bold && !["b", "strong", "th"].includes(name)) within(el, "strong");
      if (slanted && !["i", "em"].includes(name)) within(el, "em");
    }
  }
  for (const el of all(root, "h1, h2, h3, h4, h5, h6")) within(rename(el, "p"), "strong");
}

// A cell holds one line; what spans several becomes that many, and a frame around the whole is none.
function tables(root) {
  for (const table of all(root, "table").reverse()) {
    const cells = all(table, "td, th");
    if (cells.length === 1 || table.parentElement.closest("td, th")) {
      for (const cell of cells) cell.append(" ");
      for (const part of [table, ...all(table, "tbody, thead, tfoot, tr, td, th, colgroup, caption")]) if (part !== table) unwrap(part);
      rename(table, "div");
      continue;
    }
    for (const el of all(table, "colgroup, col")) el.remove();
    for (const caption of all(table, "caption")) { table.before(caption); rename(caption, "p"); }
    for (const cell of cells) {
      const align = cell.getAttribute("align") ?? style(cell).match(/text-align:\s*(right|center)/i)?.[1];
      cell.setAttribute("align", (align ?? "").toLowerCase());
      if (!/^(right|center)$/.test(cell.getAttribute("align"))) cell.removeAttribute("align");
      for (const el of all(cell, BLOCK)) { el.before(" "); el.after(" "); unwrap(el); }
    }
    spread(table);
  }
}

function spread(table) {
  let room = 5000; // cells of a mail (markdown.py)
  const rows = all(table, "tr"), blank = () => (room-- > 0 ? table.ownerDocument.createElement("td") : "");
  rows.forEach((row, at) => {
    for (const cell of [...row.cells]) {
      const place = [...row.cells].indexOf(cell), wide = Math.min(cell.colSpan, 50), high = Math.min(cell.rowSpan, 500);
      for (let more = 1; more < wide; more++) cell.after(blank());
      for (const below of rows.slice(at + 1, at + high)) for (let more = 0; more < wide && room > 0; more++) below.insertBefore(blank(), below.cells[place] ?? null);
    }
  });
}

export function clean(html) {
  const doc = new DOMParser().parseFromString(unstyled(html), "text/html"), root = doc.body;
  for (const el of all(root, GONE)) el.remove();
  const walker = doc.createTreeWalker(root, NodeFilter.SHOW_COMMENT), comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.remove();
  wordLists(root);
  marks(root);
  tables(root);
  for (const el of all(root, "p, div")) if (!el.textContent.trim() && !el.querySelector("img, br")) el.remove();
  for (const el of all(root, "*"))
    for (const { name } of [...el.attributes]) if (!KEPT[el.localName]?.includes(name) && !name.startsWith("data-p")) el.removeAttribute(name);
  return root.innerHTML;
}

// Whether it says more than its letters do: then a plain text would lose something.
export const formats = (html) => /<(?:table|ul|ol|strong|b|em|i|a href)\b/i.test(clean(html));
