/** Reloads the page during development, when files have changed or the server has restarted. */

let revision: string | undefined;

// Relative to /_fresh/js/<build>/fresh.reload.js, so that it works with any base path.
const events = new EventSource(new URL("../../../_frsh/alive", import.meta.url));
events.onmessage = ({ data }) => {
  revision ??= data;
  if (data !== revision) location.reload();
};
