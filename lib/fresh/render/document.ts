/** The places where something is added to a document, in their order. */
export const Cut = {
  /** After `<html>`. */
  htmlOpen: 0,
  /** Before `</head>`. */
  headClose: 1,
  /** Before `</body>`. */
  bodyClose: 2,
  /** Before `</html>`. */
  htmlClose: 3,
} as const;

/** One of {@linkcode Cut}. */
export type Cut = typeof Cut[keyof typeof Cut];

/**
 * HTML that is cut at the parts of the document, so that something can be inserted there without searching or copying a
 * long page.
 */
export class CutHtml {
  /** The HTML after the last cut. */
  html = "";
  /** The HTML before each cut, from the previous one on. */
  readonly before: (string | undefined)[] = [undefined, undefined, undefined, undefined];
  #last = -1;

  /** Cuts here. Ignores a second cut at the same place, or one that is out of order. */
  cut(place: Cut): void {
    if (place <= this.#last) return;
    this.before[place] = this.html;
    this.html = "";
    this.#last = place;
  }

  /** Appends other HTML, with its cuts. */
  append({ before, html }: CutHtml): void {
    for (let place = 0; place < before.length; place++) {
      const part = before[place];
      if (part === undefined) continue;
      this.html += part;
      this.cut(place as Cut);
    }
    this.html += html;
  }
}

/**
 * Completes a document: adds the doctype and the parts that no component wrote, `head` at the end of the head and
 * `scripts` at the end of the body.
 */
export function completeDocument(
  { before: [htmlOpen, headClose, bodyClose, htmlClose], html }: CutHtml,
  head: string,
  scripts: string,
): string {
  const opening = htmlOpen ?? "<html>";
  const closing = htmlClose === undefined ? "</html>" : html;
  // The HTML before `</html>`, or the rest if that was not written.
  const rest = htmlClose ?? html;
  const headPart = headClose === undefined
    ? `<head><meta charset="utf-8"/>${head}</head>`
    : `${headClose}${head}</head>`;
  const bodyPart = bodyClose === undefined
    ? `<body>${rest}${scripts}</body>`
    : `${bodyClose}${scripts}${rest}`;
  return `<!DOCTYPE html>${opening}${headPart}${bodyPart}${closing}`;
}
