/** `bare.ts PORT HEADERS BODY_FILE`: the baseline, which answers every request in the same way. */
const [port, headers = "[]", bodyFile = ""] = Deno.args;

const init = { headers: JSON.parse(headers) as [string, string][] };
const bytes = Deno.readFileSync(bodyFile);
// As text if possible: frameworks return text, and Deno sends it faster than bytes.
const body = isText() ? new TextDecoder().decode(bytes) : bytes;

Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen() {} },
  () => new Response(body, init),
);

function isText(): boolean {
  const type = new Headers(init.headers).get("content-type") ?? "";
  return /^text\/|json|javascript/.test(type);
}
