import { Document } from "@/components/Document.tsx";
import { define } from "@/lib/web/define.ts";

/** The document of every page. Pages may replace the title with a `Head`. */
export default define.page(({ Component, state }) => (
  <Document title="Roster" colorMode={state.colorMode}>
    <Component />
  </Document>
));
