import type { LimitView, SettingView } from "@/lib/shared/operation_views.ts";

const SOURCES: Readonly<Record<SettingView["from"], string>> = {
  default: "Default",
  environment: "Environment",
  ".env": "File .env",
  file: "File of its own",
};

/** Lists settings; those that somebody has set come first. */
export function SettingsTable({ settings }: { readonly settings: readonly SettingView[] }) {
  const isSet = ({ from }: SettingView) => from !== "default";
  const rows = [...settings.filter(isSet), ...settings.filter((setting) => !isSet(setting))];
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>Settings in force</h2>
      </div>
      <ul class="lines">
        {rows.map((setting) => (
          <li key={setting.name}>
            <div class="line-text">
              <code class="fw-bold text-body">{setting.name}</code>
              <span class="text-break" dir="auto">
                {setting.value === null
                  ? "Secret, not shown"
                  : isSet(setting)
                  ? setting.value
                  : <Markdown text={setting.value} />}
              </span>
              <small class="text-body-secondary">
                <Markdown text={setting.meaning} />
              </small>
            </div>
            <span class={isSet(setting) ? "badge badge-primary" : "badge"}>
              {SOURCES[setting.from]}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Lists rate limits. */
export function LimitsTable({ limits }: { readonly limits: readonly LimitView[] }) {
  return (
    <section class="card">
      <div class="card-header">
        <h2>Rate limits</h2>
      </div>
      <ul class="lines">
        {limits.map((limit) => (
          <li key={`${limit.what} ${limit.whose}`}>
            <div class="line-text">
              <span>
                <Markdown text={limit.what} />
              </span>
              <small class="text-body-secondary">{limit.whose}</small>
            </div>
            <span class="tabular">
              {limit.count} {windowOf(limit.window_seconds)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const UNITS = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]] as const;

/** Returns such as "an hour" as "per hour", and ten minutes as "in 10 minutes". */
function windowOf(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? UNITS[3];
  const count = seconds / size;
  return count === 1 ? `per ${unit}` : `in ${count} ${unit}s`;
}

/** Shows the code and the words of links in a text. */
function Markdown({ text }: { readonly text: string }) {
  const parts = text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").split("`");
  return <>{parts.map((part, index) => index % 2 === 1 ? <code key={index}>{part}</code> : part)}
  </>;
}
