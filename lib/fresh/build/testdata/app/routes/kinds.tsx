import Kinds from "../islands/Kinds.tsx";

export default function KindsPage() {
  return <Kinds date={new Date(86_400_000)} map={new Map([["n", 12n]])} html="</script><!--" />;
}
