import { asset } from "fresh/runtime";

/**
 * Loads the script of ShowButton. It is raw text so that Fresh gives it no nonce: the policy allows
 * files of this host, and a page without a nonce can be cached for all visitors.
 */
export function PasswordScript() {
  const script = `<script type="module" src="${asset("/password.js")}"></script>`;
  // deno-lint-ignore roster/no-raw-html -- it holds the name of our own file, and no text of anybody
  return <div hidden dangerouslySetInnerHTML={{ __html: script }} />;
}
