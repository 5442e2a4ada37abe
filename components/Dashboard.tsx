import { AuditSentence } from "@/components/AuditSentence.tsx";
import { DayPlot } from "@/components/DayPlot.tsx";
import { Icon } from "@/components/Icon.tsx";
import { When } from "@/components/When.tsx";
import type { IconName } from "@/lib/shared/icons.ts";
import { userListPath } from "@/lib/shared/user_list.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import type {
  DashboardCounts,
  DashboardView,
  ServiceStateView,
} from "@/lib/shared/operation_views.ts";
import { DORMANT_DAYS } from "@/lib/shared/limits.ts";

interface DashboardProps {
  readonly view: DashboardView;
}

const NUMBER = new Intl.NumberFormat("en-GB");

/** The admin's overview: what needs attention, how many users there are, and what is going on. */
export function Dashboard({ view }: DashboardProps) {
  const { counts, by } = view;
  return (
    <>
      <div class="tiles">
        <Tile label="Users" icon="people" count={counts.users} href={userListPath({})} />
        <Tile
          label="Active"
          icon="check-circle"
          tone="success"
          count={counts.users - counts.suspended}
          href={userListPath({ status: "active" })}
        />
        <Tile
          label="Suspended"
          icon="dash-circle"
          tone="danger"
          count={counts.suspended}
          href={userListPath({ status: "suspended" })}
        />
        <Tile
          label="Admins"
          icon="shield-check"
          tone="warning"
          count={counts.admins}
          href={userListPath({ role: "admin" })}
        />
      </div>
      <Attention view={view} />
      <nav class="plot-periods mb-card" aria-label="Figures">
        {PERIODS.map(([period, label]) => (
          <a
            key={period}
            class={`btn btn-sm ${period === by ? "btn-primary" : "btn-quiet"}`}
            href={`/admin?by=${period}`}
            aria-current={period === by ? "true" : undefined}
          >
            {label}
          </a>
        ))}
        <span class="text-body-secondary">
          Counted <When at={view.made_at} precision="minute" />
        </span>
      </nav>
      <div class="halves mb-card">
        <DayPlot title="Sign-ups" days={view.sign_ups} by={by} />
        <DayPlot title="Sign-ins" days={view.sign_ins} by={by} />
        <DayPlot title="Users who signed in" days={view.active_users} by={by} sum="none" />
        <DayPlot title="Failed sign-ins" days={view.failed_sign_ins} by={by} tone="alert" />
      </div>
      <div class="halves">
        <Events events={view.events} />
        <Services services={view.services} />
      </div>
    </>
  );
}

const PERIODS = [["day", "By day"], ["week", "By week"]] as const;

const DAY_MS = 86_400_000;

/** What may need an admin, and where to look. */
function attentionOf(
  { made_at }: DashboardView,
): readonly (readonly [name: keyof DashboardCounts, label: string, href: string])[] {
  const dormant = new Date(new Date(made_at).getTime() - DORMANT_DAYS * DAY_MS).toISOString();
  return [
    [
      "admins_without_factor",
      "Admins without a second factor",
      "/user_list?role=admin&status=active&second_factor=no&passkey=no",
    ],
    ["failed_emails", "E-mails that failed", "/emails"],
    ["failed_jobs", "Other work of the server that failed", "/settings"],
    ["waiting_emails", "E-mails that wait", "/emails"],
    ["locked", "Users who are locked", "/user_list?locked=yes"],
    ["unconfirmed", "Users whose address is not confirmed", "/user_list?confirmed=no"],
    [
      "dormant",
      `Users who last signed in ${DORMANT_DAYS} days ago or earlier`,
      `/user_list?signed_in_before=${dormant}`,
    ],
  ];
}

function Attention({ view }: DashboardProps) {
  const { counts } = view;
  const due = attentionOf(view).filter(([name]) => counts[name] > 0);
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>What needs attention</h2>
      </div>
      {due.length === 0 && <p class="card-body text-body-secondary m-0">Nothing at the moment</p>}
      <ul class="lines">
        {due.map(([name, label, href]) => (
          <li key={name}>
            <a href={href}>{label}</a>
            <span class="badge badge-warning tabular">{NUMBER.format(counts[name])}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TileProps {
  readonly label: string;
  readonly icon: IconName;
  /** Colour, as on the badges of the counted users. */
  readonly tone?: "primary" | "success" | "danger" | "warning" | "info";
  readonly count: number;
  /** Link to the list of the counted users. */
  readonly href?: string;
}

function Tile({ label, icon, tone = "primary", count, href }: TileProps) {
  const content = (
    <>
      <span class={`tile-icon badge-${tone}`}>
        <Icon name={icon} />
      </span>
      <span class="tile-number tabular">{NUMBER.format(count)}</span>
      <span class="text-body-secondary">{label}</span>
    </>
  );
  return href === undefined
    ? <div class="card tile">{content}</div>
    : <a class="card tile" href={href}>{content}</a>;
}

function Events({ events }: { readonly events: readonly AuditView[] }) {
  return (
    <section class="card">
      <div class="card-header">
        <h2>Recent events</h2>
      </div>
      {events.length === 0 && <p class="card-body text-body-secondary">Nothing has happened yet</p>}
      <ol class="lines">
        {events.map((event) => (
          <li key={event.id}>
            <AuditSentence event={event} />
            <small class="text-body-secondary tabular">
              <When at={event.at} precision="minute" />
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}

const STATES = {
  ok: { look: "badge badge-success", icon: "check-circle", word: "Working" },
  off: { look: "badge", icon: "dash-circle", word: "Not set up" },
  failed: { look: "badge badge-danger", icon: "exclamation-triangle", word: "Failing" },
} as const;

/** The state of database, FTP and mail server. */
export function Services({ services }: { readonly services: readonly ServiceStateView[] }) {
  return (
    <section class="card">
      <div class="card-header">
        <h2>Services</h2>
      </div>
      <ul class="lines">
        {services.map(({ name, state, detail }) => (
          <li key={name}>
            <div>
              <strong>{name}</strong>
              <div class="text-body-secondary">{detail}</div>
            </div>
            <span class={STATES[state].look}>
              <Icon name={STATES[state].icon} />
              {STATES[state].word}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
