// hx-swap="morph": a list that is fetched again keeps its nodes, so focus, scroll and open details survive.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const callbacks = {
  // What a person opened or typed belongs to them, not to the answer of the server.
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
};

window.htmx?.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap: (style, target, fragment) =>
    style === "morph" ? Idiomorph.morph(target, fragment.children, { morphStyle: "outerHTML", ignoreActiveValue: true, callbacks }) : false,
});
