import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";

/** Kinds of picture that a client may send. */
export type Format = "jpeg" | "png" | "webp";

/** A picture whose left half is red and whose right half is blue. */
export function redAndBlue(format: Format, width = 800, height = 600): Promise<Buffer> {
  return twoColours(width, height).toFormat(format).toBuffer();
}

/** A JPEG as a telephone held sideways writes it: turned by EXIF, with its position inside. */
export function sidewaysWithPosition(): Promise<Buffer> {
  return twoColours(800, 600).jpeg().withExif({
    IFD3: { GPSLatitudeRef: "N", GPSLatitude: "48/1 51/1 29/1", GPSLongitudeRef: "E" },
    IFD0: { Make: "Telephone" },
  }).withMetadata({ orientation: 6 }).toBuffer();
}

/** A JPEG in the colours of printers. */
export function cmykJpeg(): Promise<Buffer> {
  return twoColours(800, 600).toColourspace("cmyk").jpeg().toBuffer();
}

/** A WebP of three frames: red, green, blue. */
export async function animatedWebp(): Promise<Buffer> {
  const frames = await Promise.all(
    ["#f00", "#0f0", "#00f"].map((background) =>
      sharp({ create: { width: 64, height: 64, channels: 3, background } }).png().toBuffer()
    ),
  );
  return await sharp(frames, { join: { animated: true } }).webp({ delay: [100, 100, 100] })
    .toBuffer();
}

/** A picture of noise, which no encoder makes small. */
export function noise(width: number, height: number, format: Format): Promise<Buffer> {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#888",
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  }).toFormat(format).toBuffer();
}

/** A PNG whose header declares `width` by `height` pixels of one bit, with `rows` as its data. */
export function declaredPng(width: number, height: number, rows: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.byteLength);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function twoColours(width: number, height: number) {
  const half = { width: Math.floor(width / 2), height, channels: 3, background: "#00f" } as const;
  return sharp({ create: { width, height, channels: 3, background: "#f00" } })
    .composite([{ input: { create: half }, gravity: "east" }]);
}
