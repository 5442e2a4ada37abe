import Environment from "../islands/Environment.tsx";

export default function EnvironmentPage() {
  return <Environment />;
}
