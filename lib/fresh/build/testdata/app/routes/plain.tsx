export default function Plain() {
  return <p>No island</p>;
}
