/** Which parts of the document the components wrote themselves. */
export interface Wrote {
  readonly html: boolean;
  readonly head: boolean;
  readonly body: boolean;
}

/**
 * Makes a whole document of what the components rendered: adds the doctype and what they left out, puts `head` at the end
 * of the head and `scripts` at the end of the body.
 */
export function completeDocument(
  html: string,
  wrote: Wrote,
  head: string,
  scripts: string,
): string {
  const { opening, content, closing } = splitRoot(html, wrote);
  const { headPart, rest } = splitHead(content, wrote, head);
  return `<!DOCTYPE html>${opening}${headPart}${completeBody(rest, wrote, scripts)}${closing}`;
}

function splitRoot(html: string, wrote: Wrote) {
  if (!wrote.html) return { opening: "<html>", content: html, closing: "</html>" };
  const start = html.indexOf(">", html.indexOf("<html")) + 1;
  const end = html.lastIndexOf("</html>");
  return { opening: html.slice(0, start), content: html.slice(start, end), closing: "</html>" };
}

function splitHead(content: string, wrote: Wrote, head: string) {
  if (!wrote.head) {
    return { headPart: `<head><meta charset="utf-8"/>${head}</head>`, rest: content };
  }
  // The head was rendered empty, so this is its end and no text inside a script of it.
  const end = content.indexOf("</head>");
  const behind = end + "</head>".length;
  return { headPart: `${content.slice(0, end)}${head}</head>`, rest: content.slice(behind) };
}

function completeBody(rest: string, wrote: Wrote, scripts: string): string {
  if (!wrote.body) return `<body>${rest}${scripts}</body>`;
  if (scripts === "") return rest;
  const end = rest.lastIndexOf("</body>");
  return rest.slice(0, end) + scripts + rest.slice(end);
}
