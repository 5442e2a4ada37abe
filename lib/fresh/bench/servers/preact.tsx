/** `preact.tsx PORT`: the table of `fresh.tsx`, rendered only by Preact's own renderer. */
import { renderToString } from "preact-render-to-string";
import { USERS, UserTable } from "./pages/UserTable.tsx";

const [port] = Deno.args;

const init = { headers: [["content-type", "text/html; charset=utf-8"]] as [string, string][] };

Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen() {} },
  () => new Response(page(), init),
);

function page(): string {
  return `<!DOCTYPE html>${
    renderToString(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>Bench</title>
        </head>
        <body>
          <UserTable users={USERS} />
        </body>
      </html>,
    )
  }`;
}
