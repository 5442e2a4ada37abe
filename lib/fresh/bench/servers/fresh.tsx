/** `fresh.tsx PORT ROUTES`: a Fresh application with pages of each kind and this many routes. */
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import Counter from "./fresh/islands/Counter.tsx";
import { USERS, UserTable } from "./pages/UserTable.tsx";

const [port, routes = "0"] = Deno.args;

const app = new App()
  .use(staticFiles())
  .appWrapper(({ Component }) => (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Bench</title>
      </head>
      <body>
        <Component />
      </body>
    </html>
  ))
  .get("/island", (ctx) => ctx.render(<Counter start={3} />))
  .get("/table", (ctx) => ctx.render(<UserTable users={USERS} />))
  .get("/json", (ctx) => ctx.json(USERS[0]))
  .get("/json_list", (ctx) => ctx.json({ users: USERS }));

for (let i = 0; i < Number(routes); i++) {
  app.get(`/many/${i}/:id`, (ctx) => ctx.text(ctx.params.id ?? ""));
}

const builder = new Builder({
  root: new URL("./fresh/", import.meta.url).pathname,
  serverEntry: import.meta.url,
});
const apply = await builder.build({ mode: "production", snapshot: "memory" });
apply(app);
await app.listen({ hostname: "127.0.0.1", port: Number(port), onListen() {} });
