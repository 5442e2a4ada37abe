import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { DayPlot } from "@/components/DayPlot.tsx";

const DAYS = [
  { day: "2026-02-27", count: 0 },
  { day: "2026-02-28", count: 4 },
  { day: "2026-03-01", count: 2 },
];

Deno.test("DayPlot draws a bar a day, the highest over the full height", () => {
  const html = renderToString(<DayPlot title="Sign-ups" days={DAYS} />);
  const heights = [...html.matchAll(/<rect[^>]* height="([\d.]+)"/g)].map((match) => match[1]);
  assert.deepEqual(heights, ["0", "100", "50"]);
});

Deno.test("DayPlot says the same in words and as a table", () => {
  const html = renderToString(<DayPlot title="Sign-ups" days={DAYS} />);
  assert.match(html, /aria-label="Sign-ups: 6 in 3 days, at most 4 a day"/);
  assert.match(html, /<th scope="row">28 Feb<\/th><td class="tabular">4<\/td>/);
});

Deno.test("DayPlot of days without any draws no bar and no NaN", () => {
  const html = renderToString(
    <DayPlot title="Sign-ups" days={DAYS.map(({ day }) => ({ day, count: 0 }))} />,
  );
  assert.doesNotMatch(html, /NaN/);
  assert.match(html, /<rect[^>]* height="0"/);
  assert.match(html, />None in 3 days</);
});
