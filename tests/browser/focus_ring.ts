import type { Page } from "playwright-core";
import sharp from "sharp";
import { contrastOf, luminance } from "./contrast.ts";

/** Size of a control's focus ring, in CSS pixels. */
const OFFSET = 2;
const WIDTH = 3;

/** Area around a control: the ring and a little beyond. */
const MARGIN = OFFSET + WIDTH + 3;

/** WCAG 1.4.11 and 2.4.13. */
const MIN_CONTRAST = 3;

/** The focused control. */
export interface Focused {
  /** Identifies the same control on every page. */
  readonly id: string;
  /** Its tag and classes. Together with the background they decide how it looks. */
  readonly kind: string;
  /** Name of the control in reports. */
  readonly name: string;
  /** Its border box in the viewport. For a link on several lines, that of the first. */
  readonly box: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** The first line of a link on several lines has no bottom edge. */
  readonly sides: readonly Side[];
}

type Side = "top" | "bottom" | "left" | "right";

/** The inspected pixel, counted outwards from the control's edge. */
const DEPTHS = { gap: 1, ring: OFFSET + 2, around: OFFSET + WIDTH + 2 };

/** Presses Tab and returns the focused control, if the focus is on the page. */
export async function pressTab(page: Page): Promise<Focused | undefined> {
  await page.keyboard.press("Tab");
  return await readFocused(page);
}

/** Returns the focused control as it is now, if the focus is on the page. */
export function readFocused(page: Page): Promise<Focused | undefined> {
  return page.evaluate(() => {
    const control = document.activeElement;
    if (!control || control === document.body || control === document.documentElement) return;
    const [first, ...others] = control.getClientRects();
    if (!first) return;
    const text = control.getAttribute("aria-label") ?? control.textContent?.trim() ?? "";
    const label = document.querySelector(`label[for="${control.id}"]`)?.textContent ?? "";
    const name = `${control.tagName.toLowerCase()} "${(text || label).slice(0, 60)}"`;
    const isLocal = control.closest("main, dialog, [role=status]") !== null;
    return {
      kind: `${control.tagName} ${control.className}`,
      id: `${isLocal ? location.pathname + location.search : ""} ${control.className} ${name}`,
      name,
      box: { x: first.x, y: first.y, w: first.width, h: first.height },
      sides: others.length === 0 ? ["top", "bottom", "left", "right"] : ["top", "left"],
    };
  });
}

/** Says what is wrong with the focus ring. Empty if nothing is. */
export async function findRingFaults(page: Page, { box, sides }: Focused): Promise<string[]> {
  const picture = await photograph(page, box);
  const control = picture.luminanceInside();
  return sides.flatMap((side) => {
    const ring = picture.luminanceAlong(side, DEPTHS.ring);
    if (ring === undefined) return [`${side}: outside of the screen`];
    const gap = picture.luminanceAlong(side, DEPTHS.gap);
    const around = picture.luminanceBeyond(side, DEPTHS.around);
    return Object.entries({ control, gap, around }).flatMap(([what, other]) => {
      const contrast = other === undefined ? Infinity : contrastOf(ring, other);
      return contrast >= MIN_CONTRAST ? [] : [`${side}: ${contrast.toFixed(2)}:1 to the ${what}`];
    });
  });
}

async function photograph(page: Page, { x, y, w, h }: Focused["box"]) {
  // Rounded as the browser snaps boxes to pixels.
  const [left, top, right, bottom] = [x, y, x + w, y + h].map(Math.round) as Edges;
  const { width, height } = page.viewportSize()!;
  const [originX, originY] = [Math.max(0, left - MARGIN), Math.max(0, top - MARGIN)];
  const clip = {
    x: originX,
    y: originY,
    width: Math.min(width, right + MARGIN) - originX,
    height: Math.min(height, bottom + MARGIN) - originY,
  };
  const png = await page.screenshot({ clip });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });

  /** Returns the luminance of a pixel of the page, if the picture contains it. */
  function luminanceAt(column: number, row: number): number[] {
    const [x, y] = [column - originX, row - originY];
    if (x < 0 || y < 0 || x >= info.width || y >= info.height) return [];
    const at = (y * info.width + x) * info.channels;
    return [luminance(data.subarray(at, at + 3))];
  }

  /** Returns the luminance of each pixel along a part of a side, this many pixels outside its edge. */
  function along(side: Side, depth: number, part: number): number[] {
    const isAcross = side === "top" || side === "bottom";
    const across = {
      top: top - depth,
      bottom: bottom + depth - 1,
      left: left - depth,
      right: right + depth - 1,
    }[side];
    const [start, end] = isAcross ? [left, right] : [top, bottom];
    const inset = Math.floor((end - start) * (1 - part) / 2);
    return range(start + inset, end - inset).flatMap((place) =>
      isAcross ? luminanceAt(place, across) : luminanceAt(across, place)
    );
  }

  return {
    /** Returns the median luminance of the middle of a side: its corners may be round. */
    luminanceAlong(side: Side, depth: number): number | undefined {
      const found = along(side, depth, 0.2);
      return found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)];
    },
    /** Returns the most frequent luminance beyond a side, so that the next word does not count. */
    luminanceBeyond: (side: Side, depth: number) => mostFrequent(along(side, depth, 1)),
    /** Returns the most frequent luminance inside the edge, so that text does not count. */
    luminanceInside(): number | undefined {
      return mostFrequent(
        range(top, bottom).flatMap((row) =>
          range(left, right).flatMap((column) => {
            const depth = Math.min(column - left, right - column, row - top, bottom - row);
            return depth > 0 && depth < 4 ? luminanceAt(column, row) : [];
          })
        ),
      );
    },
  };
}

function mostFrequent(luminances: readonly number[]): number | undefined {
  const counts = Map.groupBy(luminances, (it) => it.toFixed(3));
  return counts.values().toArray().toSorted((a, b) => b.length - a.length)[0]?.[0];
}

type Edges = [left: number, top: number, right: number, bottom: number];

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
