import Panel from "../islands/Panel.tsx";
import Nothing from "../islands/Nothing.tsx";

export default function Nested() {
  return (
    <main>
      <Panel />
      <Nothing />
    </main>
  );
}
