import Counter from "./Counter.tsx";

/** An island that renders another one. */
export default function Panel() {
  return (
    <div id="panel">
      <Counter id="inner" start={7} />
    </div>
  );
}
