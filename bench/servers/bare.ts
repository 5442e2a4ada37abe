/** `bare.ts PORT HEADERS BODY_FILE`: the baseline, which gives one answer to all requests. */
const [port, headers = "[]", bodyFile = ""] = Deno.args;

const init = { headers: JSON.parse(headers) as [string, string][] };
const bytes = Deno.readFileSync(bodyFile);
// Text is what frameworks hand over; Deno sends it faster than bytes.
const body = isText() ? new TextDecoder().decode(bytes) : bytes;

Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen() {} },
  () => new Response(body, init),
);

function isText(): boolean {
  const type = new Headers(init.headers).get("content-type") ?? "";
  return /^text\/|json|javascript/.test(type);
}
