import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

/** Shows its field from the start or later: both get an id that is unique on the page. */
export default function Labelled(
  { name, children }: { name: string; children: ComponentChildren },
) {
  const [isMore, setMore] = useState(false);
  return (
    <div id={name}>
      {children}
      <Field label={`${name} first`} />
      {isMore && <Field label={`${name} second`} />}
      <button type="button" onClick={() => setMore(true)}>More</button>
    </div>
  );
}

function Field({ label }: { label: string }) {
  const id = useId();
  return (
    <>
      <label for={id}>{label}</label>
      <input id={id} />
    </>
  );
}
