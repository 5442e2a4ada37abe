/** Places where a document is completed, in their order. */
export const Cut = {
  /** Behind `<html>`. */
  htmlOpen: 0,
  /** In front of `</head>`. */
  headClose: 1,
  /** In front of `</body>`. */
  bodyClose: 2,
  /** In front of `</html>`. */
  htmlClose: 3,
} as const;

/** One of {@linkcode Cut}. */
export type Cut = typeof Cut[keyof typeof Cut];

/**
 * HTML with cuts where components wrote a part of the document: to put something in there, nothing has to be searched, and
 * a long page is not copied.
 */
export class CutHtml {
  /** What stands behind the last cut. */
  html = "";
  /** What stands in front of each cut, from the one before it. */
  readonly before: (string | undefined)[] = [undefined, undefined, undefined, undefined];
  #last = -1;

  /** Cuts here; a second time, or out of order, as in no sensible document, it does not. */
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
 * Makes a whole document of what components wrote: adds the doctype and what they left out, puts `head` at the end of the
 * head and `scripts` at the end of the body.
 */
export function completeDocument(
  { before: [htmlOpen, headClose, bodyClose, htmlClose], html }: CutHtml,
  head: string,
  scripts: string,
): string {
  const opening = htmlOpen ?? "<html>";
  const closing = htmlClose === undefined ? "</html>" : html;
  // What stands in front of the last cut, or behind it where `</html>` was not written.
  const rest = htmlClose ?? html;
  const headPart = headClose === undefined
    ? `<head><meta charset="utf-8"/>${head}</head>`
    : `${headClose}${head}</head>`;
  const bodyPart = bodyClose === undefined
    ? `<body>${rest}${scripts}</body>`
    : `${bodyClose}${scripts}${rest}`;
  return `<!DOCTYPE html>${opening}${headPart}${bodyPart}${closing}`;
}
