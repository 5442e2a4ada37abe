/** Development only: loads the page anew when the server has something new, or has come back changed. */

let revision: string | undefined;

// Beside this module, whatever the base path: /_fresh/js/<build>/fresh.reload.js
const events = new EventSource(new URL("../../../_frsh/alive", import.meta.url));
events.onmessage = ({ data }) => {
  revision ??= data;
  if (data !== revision) location.reload();
};
