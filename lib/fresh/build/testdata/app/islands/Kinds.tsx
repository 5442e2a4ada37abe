import { IS_BROWSER } from "fresh/runtime";
import { useEffect, useState } from "preact/hooks";

interface KindsProps {
  date: Date;
  map: Map<string, bigint>;
  html: string;
}

export default function Kinds({ date, map, html }: KindsProps) {
  const [where, setWhere] = useState("server");
  useEffect(() => setWhere(IS_BROWSER ? "browser" : "nowhere"), []);
  return <output id="kinds">{where} {date.getTime()} {String(map.get("n"))} {html}</output>;
}
