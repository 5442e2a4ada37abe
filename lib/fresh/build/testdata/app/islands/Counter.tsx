import { useSignal } from "@preact/signals";

interface CounterProps {
  id: string;
  start: number;
}

export default function Counter({ id, start }: CounterProps) {
  const count = useSignal(start);
  return (
    <p id={id}>
      Count: {count} <button type="button" onClick={() => count.value++}>Add one</button>
    </p>
  );
}
