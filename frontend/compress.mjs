// Writes dist/*.gz and *.br beside the built files: WhiteNoise sends them to browsers that take them.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const dist = "static/dist/";
for (const name of readdirSync(dist).filter((file) => /\.(css|js)$/.test(file))) {
  const bytes = readFileSync(dist + name);
  writeFileSync(`${dist}${name}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${dist}${name}.br`, brotliCompressSync(bytes));
}
