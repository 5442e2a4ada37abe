import type { DayCount } from "@/lib/shared/views.ts";

interface DayPlotProps {
  readonly title: string;
  readonly days: readonly DayCount[];
  /** `alert` if high numbers are bad news. */
  readonly tone?: "plain" | "alert";
}

/** Units of the drawing, which stretches to the width of its card. */
const DAY_WIDTH = 10;
const BAR_WIDTH = 7;
const HEIGHT = 100;

const NUMBER = new Intl.NumberFormat("en-GB");
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Daily counts as bars, and as a table for readers who cannot see them. */
export function DayPlot({ title, days, tone = "plain" }: DayPlotProps) {
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const highest = Math.max(0, ...days.map(({ count }) => count));
  const width = days.length * DAY_WIDTH;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{title}</h2>
        <span class="text-body-secondary tabular">
          {total === 0
            ? `None in ${days.length} days`
            : `${NUMBER.format(total)} in ${days.length} days, at most ${
              NUMBER.format(highest)
            } a day`}
        </span>
      </div>
      <div class={`card-body plot-${tone}`}>
        <svg
          class="plot"
          viewBox={`0 0 ${width} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title} a day: ${total} in ${days.length} days, at most ${highest} a day`}
        >
          {days.map(({ day, count }, index) => {
            const height = count === 0 ? 0 : count / highest * HEIGHT;
            return (
              <rect
                key={day}
                class="plot-bar"
                x={index * DAY_WIDTH + (DAY_WIDTH - BAR_WIDTH) / 2}
                y={HEIGHT - height}
                width={BAR_WIDTH}
                height={height}
              >
                <title>{`${shortDay(day)}: ${count}`}</title>
              </rect>
            );
          })}
          <line class="plot-line" x1={0} x2={width} y1={HEIGHT} y2={HEIGHT} />
        </svg>
        <div class="plot-axis" aria-hidden="true">
          <span>{shortDay(days[0]?.day)}</span>
          <span>{shortDay(days.at(-1)?.day)}</span>
        </div>
        <DayTable title={title} days={days} />
      </div>
    </section>
  );
}

function DayTable({ title, days }: Omit<DayPlotProps, "tone">) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="plot-table" tabindex={0} role="region" aria-label={`${title} a day`}>
        <table class="table mb-0">
          <thead>
            <tr>
              <th scope="col">Day</th>
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
