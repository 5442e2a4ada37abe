import { AuditSentence } from "@/components/AuditSentence.tsx";
import { DayPlot } from "@/components/DayPlot.tsx";
import { Icon } from "@/components/Icon.tsx";
import { When } from "@/components/When.tsx";
import type { IconName } from "@/lib/shared/icons.ts";
import { userListPath } from "@/lib/shared/user_list.ts";
import type { AuditView, DashboardView, ServiceStateView } from "@/lib/shared/views.ts";

interface DashboardProps {
  readonly view: DashboardView;
}

const NUMBER = new Intl.NumberFormat("en-GB");

/** The admin's overview. */
export function Dashboard({ view }: DashboardProps) {
  return (
    <>
      <div class="tiles">
        <Tile label="Users" icon="people" count={view.users} href={userListPath({})} />
        <Tile
          label="Active"
          icon="check-circle"
          tone="success"
          count={view.active}
          href={userListPath({ status: "active" })}
        />
        <Tile
          label="Suspended"
          icon="dash-circle"
          tone="danger"
          count={view.suspended}
          href={userListPath({ status: "suspended" })}
        />
        <Tile
          label="Admins"
          icon="shield-check"
          tone="warning"
          count={view.admins}
          href={userListPath({ role: "admin" })}
        />
        <Tile label="Locked" icon="lock" tone="info" count={view.locked} />
        <Tile
          label="Failed e-mails"
          icon="envelope"
          tone={view.failed_emails === 0 ? "success" : "danger"}
          count={view.failed_emails}
          href="/emails"
        />
      </div>
      <div class="halves mb-card">
        <DayPlot title="Sign-ups" days={view.sign_ups} />
        <DayPlot title="Failed sign-ins" days={view.failed_logins} tone="alert" />
      </div>
      <div class="halves">
        <Events events={view.events} />
        <Services services={view.services} />
      </div>
    </>
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
  ok: { tone: "success", icon: "check-circle", word: "Working" },
  off: { tone: "secondary", icon: "dash-circle", word: "Not set up" },
  failed: { tone: "danger", icon: "exclamation-triangle", word: "Failing" },
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
            <span class={`badge badge-${STATES[state].tone}`}>
              <Icon name={STATES[state].icon} />
              {STATES[state].word}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
