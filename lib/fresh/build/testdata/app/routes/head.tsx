import Titled from "../islands/Titled.tsx";

export default function HeadPage() {
  return <Titled />;
}
