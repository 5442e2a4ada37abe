import Counter from "../islands/Counter.tsx";

export default function Home() {
  return (
    <main>
      <h1>Counters</h1>
      <Counter id="a" start={3} />
      <Counter id="b" start={5} />
    </main>
  );
}
