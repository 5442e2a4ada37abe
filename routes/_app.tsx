import { Document } from "@/components/Document.tsx";
import { define } from "@/lib/web/define.ts";

/** The document of every page. Its title is that of a `Title`. */
export default define.page(({ Component, state }) => (
  <Document appName={state.services.settings.appName} colorMode={state.colorMode}>
    <Component />
  </Document>
));
