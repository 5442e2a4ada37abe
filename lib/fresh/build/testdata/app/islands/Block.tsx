export default function Block() {
  return <div>No div may stand in a paragraph</div>;
}
