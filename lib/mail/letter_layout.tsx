import { renderToString } from "preact-render-to-string";
import type { LetterContent } from "./letters.ts";

/** Lays an e-mail out as plain text. Each link stands on a line of its own. */
export function letterText(
  { paragraphs, button, code, origin, otherwise, ...letter }: LetterContent,
) {
  const parts = [
    "Hello,",
    ...paragraphs,
    ...(button ? [button.url] : []),
    ...(code ? [`${code.hint}\n\n    ${code.text}`] : []),
    otherwise,
    `-- \n${letter.appName}, ${letter.appUrl}\n${origin}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

/**
 * Lays an e-mail out as HTML. Loads nothing from elsewhere, and follows the light or dark mode of
 * the mail program.
 */
export function letterHtml(letter: LetterContent): string {
  return `<!doctype html>\n${renderToString(<Letter {...letter} />)}\n`;
}

/** Without quotes, which JSX would escape. */
const STYLES = `
body { margin: 0; padding: 24px 12px; background: #f4f5f7; color: #212529;
  font: 16px/1.5 system-ui, -apple-system, Segoe UI, Roboto, sans-serif; }
main { max-width: 520px; margin: 0 auto; padding: 24px; background: #fff; border-radius: 12px; }
h1 { margin: 0 0 16px; font-size: 20px; line-height: 1.3; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
a.button { display: inline-block; padding: 12px 20px; border-radius: 8px; background: #0b5ed7;
  color: #fff; font-weight: 600; text-decoration: none; }
.code { font: 600 24px/1.4 ui-monospace, Consolas, monospace; letter-spacing: 2px; }
.small { color: #5c636a; font-size: 13px; }
.preview { display: none; }
@media (prefers-color-scheme: dark) {
  body { background: #16181b; color: #dee2e6; }
  main { background: #212529; }
  a { color: #6ea8fe; }
  a.button { background: #0b5ed7; color: #fff; }
  .small { color: #a1a8ae; }
}`;

function Letter(
  { appName, appUrl, subject, paragraphs, button, code, origin, otherwise }: LetterContent,
) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{subject}</title>
        <style>{STYLES}</style>
      </head>
      <body>
        {/* Mail programs show it beside the subject. */}
        <div class="preview">{paragraphs[0]}</div>
        <main>
          <h1>{subject}</h1>
          {paragraphs.map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
          {button && (
            <p>
              <a class="button" href={button.url}>{button.label}</a>
            </p>
          )}
          {code && <p>{code.hint}</p>}
          {code && <p class="code">{code.text}</p>}
          <p>{otherwise}</p>
          {button && (
            <p class="small">
              If the button does not work, open this address:<br />
              <a href={button.url}>{button.url}</a>
            </p>
          )}
          <p class="small">
            {origin}
            <br />
            <a href={appUrl}>{appName}</a>
          </p>
        </main>
      </body>
    </html>
  );
}
