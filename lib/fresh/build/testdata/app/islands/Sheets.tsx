import { useSignal } from "@preact/signals";
import { Head } from "fresh/runtime";

/** Two `<Head>`s that come and go. */
export default function Sheets() {
  const shown = useSignal(0);
  return (
    <>
      <Head>
        <link rel="stylesheet" href="/own.css" />
        <style>{"b{color:red}"}</style>
      </Head>
      {shown.value % 2 === 1 && (
        <Head>
          <link rel="stylesheet" href="/later.css" />
          <meta name="later" content="yes" />
        </Head>
      )}
      <button id="sheets" type="button" onClick={() => shown.value++}>{shown}</button>
    </>
  );
}
