import Counter from "../islands/Counter.tsx";
import Toggle from "../islands/Toggle.tsx";

export default function Slots() {
  return (
    <main>
      <Toggle id="shown" open label={<b>Shown</b>}>
        <div class="content">
          Text and <Counter id="in-shown" start={1} />
        </div>
        <input id="field" value="server" disabled={false} />
        <input id="disabled" disabled />
      </Toggle>
      <Toggle id="text" open>Plain text</Toggle>
      <Toggle id="hidden" open={false}>
        <div class="content">
          Later <Counter id="in-hidden" start={10} />
          <input id="checked" type="checkbox" checked disabled />
        </div>
      </Toggle>
      <Toggle id="outer" open={false}>
        <Toggle id="inner-toggle" open={false}>
          <Counter id="deep" start={20} />
        </Toggle>
      </Toggle>
    </main>
  );
}
