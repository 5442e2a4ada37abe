import { encode } from "uqr";

/** The drawing of a QR code: a square of `size` units, in which the path is black. */
export interface QrDrawing {
  readonly size: number;
  /** For the attribute `d` of an SVG path. */
  readonly path: string;
}

/** Units of white around a code that scanners need. */
const BORDER = 4;

/** Draws a QR code. */
export function drawQrCode(text: string): QrDrawing {
  const { data, size } = encode(text, { border: BORDER });
  const squares = data.flatMap((row, y) =>
    row.map((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : "")
  );
  return { size, path: squares.join("") };
}
