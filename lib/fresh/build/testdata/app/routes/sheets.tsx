import Sheets from "../islands/Sheets.tsx";

export default function SheetsPage() {
  return <Sheets />;
}
