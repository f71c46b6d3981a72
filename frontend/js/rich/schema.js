// What a formatted mail may hold, and nothing else: whatever is pasted is read through this.
import { Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

const LINK = /^(https?:\/\/|mailto:|tel:)/i;
export const isLink = (href) => LINK.test(href.trim()) && !/[\s\u0000-\u001f]/.test(href.trim());

const item = (tag, rest = {}) => ({ parseDOM: [{ tag }], toDOM: () => [tag, 0], ...rest });
const cells = tableNodes({
  tableGroup: "block",
  cellContent: "paragraph",
  cellAttributes: {
    align: { default: null, getFromDOM: (dom) => dom.getAttribute("align"), setDOMAttr: (value, attrs) => { if (value) attrs.align = value; } },
  },
});

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: item("p", { content: "inline*", group: "block" }),
    bullet_list: item("ul", { content: "list_item+", group: "block" }),
    ordered_list: {
      content: "list_item+",
      group: "block",
      attrs: { order: { default: 1 } },
      parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: Number(dom.getAttribute("start")) || 1 }) }],
      toDOM: (node) => ["ol", node.attrs.order === 1 ? {} : { start: node.attrs.order }, 0],
    },
    list_item: item("li", { content: "paragraph (paragraph | bullet_list | ordered_list)*", defining: true }),
    ...cells,
    picture: {
      inline: true,
      group: "inline",
      draggable: true,
      attrs: { name: {} },
      parseDOM: [{ tag: "img[alt]", getAttrs: (dom) => ({ name: dom.getAttribute("alt") }) }],
      toDOM: (node) => ["img", { alt: node.attrs.name, "data-picture": "" }],
    },
    hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    text: { group: "inline" },
  },
  marks: {
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (dom) => isLink(dom.getAttribute("href")) && { href: dom.getAttribute("href").trim() } }],
      toDOM: (mark) => ["a", { href: mark.attrs.href, title: mark.attrs.href }, 0],
    },
    strong: item("strong", { parseDOM: [{ tag: "strong" }, { tag: "b" }] }),
    em: item("em", { parseDOM: [{ tag: "em" }, { tag: "i" }] }),
  },
});
