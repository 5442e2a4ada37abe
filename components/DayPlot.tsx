import type { DayCount } from "@/lib/shared/operation_views.ts";

interface DayPlotProps {
  readonly title: string;
  readonly days: readonly DayCount[];
  /** What a bar is. Default: a day. */
  readonly by?: "day" | "week";
  /** `alert` if high numbers are bad news. */
  readonly tone?: "plain" | "alert";
  /** `none` where the same user may be in several bars, so that their sum means nothing. */
  readonly sum?: "none" | undefined;
}

/** Units of the drawing, which stretches to the width of its card. */
const DAY_WIDTH = 10;
const BAR_WIDTH = 7;
const HEIGHT = 100;

const NUMBER = new Intl.NumberFormat("en-GB");
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Counts as bars with an axis, and as a table for readers who cannot see them. */
export function DayPlot({ title, days, by = "day", tone = "plain", sum }: DayPlotProps) {
  const highest = Math.max(0, ...days.map(({ count }) => count));
  const top = topOfAxis(highest);
  const width = days.length * DAY_WIDTH;
  const words = inWords({ days, by, sum }, highest);
  return (
    <section class="card">
      <div class="card-header">
        <h2>{title}</h2>
        <span class="text-body-secondary tabular">{words}</span>
      </div>
      <div class={`card-body plot-${tone}`}>
        <div class="plot-area">
          <div class="plot-values tabular" aria-hidden="true">
            {[top, top / 2, 0].map((value) => <span key={value}>{NUMBER.format(value)}</span>)}
          </div>
          <svg
            class="plot"
            viewBox={`0 0 ${width} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`${title}: ${words}`}
          >
            {[0, HEIGHT / 2, HEIGHT].map((y) => (
              <line key={y} class="plot-line" x1={0} x2={width} y1={y} y2={y} />
            ))}
            {days.map(({ day, count }, index) => {
              const height = count / top * HEIGHT;
              return (
                <rect
                  key={day}
                  class="plot-bar"
                  x={index * DAY_WIDTH + (DAY_WIDTH - BAR_WIDTH) / 2}
                  y={HEIGHT - height}
                  width={BAR_WIDTH}
                  height={height}
                >
                  <title>{`${by === "week" ? "Week of " : ""}${shortDay(day)}: ${count}`}</title>
                </rect>
              );
            })}
          </svg>
        </div>
        <div class="plot-axis" aria-hidden="true">
          {[0, 1 / 3, 2 / 3, 1].map((part) => (
            <span key={part}>{shortDay(days[Math.round(part * (days.length - 1))]?.day)}</span>
          ))}
        </div>
        <DayTable title={title} days={days} by={by} />
      </div>
    </section>
  );
}

type Plotted = Pick<DayPlotProps, "days" | "by" | "sum">;

function inWords({ days, by, sum }: Plotted, highest: number): string {
  if (highest === 0) return `None in ${days.length} ${by}s`;
  const most = `at most ${NUMBER.format(highest)} a ${by}`;
  if (sum === "none") return `${most} in ${days.length} ${by}s`;
  const total = days.reduce((all, { count }) => all + count, 0);
  return `${NUMBER.format(total)} in ${days.length} ${by}s, ${most}`;
}

/** The first of 2, 4, 6, 8, 10, 20, 40, ... that is high enough, so that its half is whole. */
function topOfAxis(highest: number): number {
  for (let unit = 1;; unit *= 10) {
    const top = [2, 4, 6, 8, 10].find((step) => step * unit >= highest);
    if (top !== undefined) return top * unit;
  }
}

function DayTable({ title, days, by }: Pick<DayPlotProps, "title" | "days" | "by">) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="plot-table" tabindex={0} role="region" aria-label={`${title} a ${by}`}>
        <table class="table mb-0">
          <thead>
            <tr>
              <th scope="col">{by === "week" ? "Week of" : "Day"}</th>
              <th scope="col">{title}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, count }) => (
              <tr key={day}>
                <th scope="row">{shortDay(day)}</th>
                <td class="tabular">{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function shortDay(day: string | undefined): string {
  return day === undefined ? "" : DAY.format(new Date(day));
}
