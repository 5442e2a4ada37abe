import { useId } from "preact/hooks";
import Labelled from "../islands/Labelled.tsx";

function Heading({ text }: { text: string }) {
  return <h2 id={useId()}>{text}</h2>;
}

export default function Ids() {
  return (
    <main>
      <Heading text="Page" />
      <Labelled name="one">
        <Heading text="One" />
      </Labelled>
      <Labelled name="two">
        <Heading text="Two" />
      </Labelled>
    </main>
  );
}
