import { useContext } from "preact/hooks";
import { asset } from "fresh/runtime";
import { AppName } from "@/components/AppName.ts";

interface BrandProps {
  readonly href: string;
}

/** The logo, which is the icon of the browser's tab as well, and the product's name. */
export function Brand({ href }: BrandProps) {
  return (
    <a class="brand" href={href}>
      <img class="brand-mark" src={asset("/favicon.svg")} alt="" />
      {useContext(AppName)}
    </a>
  );
}
