import Block from "../islands/Block.tsx";
import Toggle from "../islands/Toggle.tsx";
import Counter from "../islands/Counter.tsx";

export default function BadNesting() {
  return (
    <main>
      <p>
        <Block />
      </p>
      <Counter id="good" start={1} />
      <Toggle id="toggle" open>
        <p>
          <Block />
        </p>
        <b id="rest">Rest</b>
      </Toggle>
    </main>
  );
}
