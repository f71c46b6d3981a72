// Pictures in the text: files of the mail that stand in it by their names.
const KINDS = /^image\/(png|jpeg|gif|webp)$/;
export const isPicture = (file) => KINDS.test(file.type);

const read = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(file);
});

const attached = (input, name) => [...(input?.files ?? [])].find((file) => file.name === name);

// With a name that no other file of the mail has, and that Markdown and a mail server take as it is.
export function named(file, input) {
  const [, stem, end] = file.name.replace(/[^\p{L}\p{N}._-]+/gu, "-").match(/^(.*?)(\.[^.]*)?$/u);
  let name = `${stem.slice(-60) || "gambar"}${end ?? ""}`;
  for (let number = 2; attached(input, name); number++) name = `${stem.slice(-60) || "gambar"}-${number}${end ?? ""}`;
  return new File([file], name, { type: file.type });
}

// Shows the file of this name in an <img>; marks it where there is none, as in a draft that was opened again.
export async function show(img, input, name, words) {
  const file = attached(input, name), missing = !file || !isPicture(file);
  img.classList.toggle("missing", missing);
  img.alt = img.title = missing ? `${name} · ${words}` : name;
  if (missing) img.removeAttribute("src");
  else img.src = await read(file);
}
