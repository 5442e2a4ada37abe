import { useEffect } from "preact/hooks";

/** An island that shows nothing. */
export default function Nothing() {
  useEffect(() => {
    document.documentElement.dataset.ran = "yes";
  }, []);
  return null;
}
