// Entry: each module wires one thing and keeps no state that a reload would miss.
import "./morph.js";
import "./theme.js";
import "./clock.js";
import "./keys.js";
import "./palette.js";
import "./workspace.js";
import "./pick.js";
import "./composer.js";
import "./snippets.js";
import "./live.js";
import "./notices.js";
import "./dial.js";
import "./script.js";
import "./words.js";
import "./questions.js";
import "./tour.js";
