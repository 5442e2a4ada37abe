import { useSignal } from "@preact/signals";
import { Head } from "fresh/runtime";

export default function Titled() {
  const visits = useSignal(1);
  return (
    <>
      <Head>
        <title>Visit {visits}</title>
        <meta name="description" content={`Seen ${visits.value} times`} />
        <meta key="theme" name="theme-color" content="#123456" />
      </Head>
      <button id="visit" type="button" onClick={() => visits.value++}>Visit</button>
    </>
  );
}
