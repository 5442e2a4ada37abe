/** Public variables are inlined; the others do not exist in the browser. */
export default function Environment() {
  return <output id="environment">{Deno.env.get("FRESH_PUBLIC_TEST_GREETING")}</output>;
}
