// The part of the map that is seen, as a file.

import { make } from "./dom.js";

/** Save what is seen of a map as `svg` or `png`. */
export async function savePicture(map, name, kind) {
  const styles = await Promise.all(["style.css", "map.css"].map((file) => fetch(`/page/${file}`).then((answer) => answer.text())));
  const drawing = new Blob([map.picture(styles.join("\n"))], { type: "image/svg+xml" });
  const url = URL.createObjectURL(kind === "svg" ? drawing : await pixels(drawing));
  make("a", { href: url, download: `${name}.${kind}` }).click();
  URL.revokeObjectURL(url);
}

async function pixels(drawing) {
  const url = URL.createObjectURL(drawing);
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = make("canvas", { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
