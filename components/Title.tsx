import { useContext } from "preact/hooks";
import { Head } from "fresh/runtime";
import { AppName } from "@/components/AppName.ts";

interface TitleProps {
  /** What the page is about. */
  readonly text: string;
}

/** The heading of a page, which is the title of the document as well. */
export function Title({ text }: TitleProps) {
  return (
    <>
      <Head>
        <title>{`${text} · ${useContext(AppName)}`}</title>
      </Head>
      <h1 dir="auto">{text}</h1>
    </>
  );
}
