import { Document } from "@/components/Document.tsx";
import { define } from "@/lib/web/define.ts";

/** Every page; those that have something better to say replace the title by a `Head`. */
export default define.page(({ Component, state }) => (
  <Document title="Roster" colorMode={state.colorMode}>
    <Component />
  </Document>
));
