// Copies the one font the pages use (Inter variable, latin subsets) beside the built style sheet.
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const files = join(dirname(createRequire(import.meta.url).resolve("@fontsource-variable/inter/package.json")), "files");
mkdirSync("static/dist", { recursive: true });
copyFileSync(join(files, "inter-latin-wght-normal.woff2"), "static/dist/inter.woff2");
