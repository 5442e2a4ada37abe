import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { TrustedBrowsers } from "@/components/TrustedBrowsers.tsx";
import { When } from "@/components/When.tsx";
import { FEW_RECOVERY_CODES } from "@/lib/shared/second_factor.ts";
import type { SecurityView } from "@/lib/shared/account_views.ts";

interface SecurityCardsProps {
  readonly security: SecurityView;
  readonly viewer_id: number;
}

/** What protects an account, and what is missing. */
export function SecurityCards({ security, viewer_id }: SecurityCardsProps) {
  const isOn = security.turned_on_at !== null;
  return (
    <div class="halves">
      <Card title="Password" {...(!security.has_password && { state: "off" })}>
        <Password security={security} />
      </Card>
      {security.passkeys_offered && (
        <Card title="Passkeys" state={security.passkeys === 0 ? "off" : `${security.passkeys}`}>
          <Passkeys security={security} />
        </Card>
      )}
      <Card title="Authenticator" state={isOn ? "on" : "off"}>
        <Authenticator security={security} viewer_id={viewer_id} />
      </Card>
      {isOn && (
        <Card title="Recovery codes" state={`${security.codes_left} left`}>
          <RecoveryCodesLeft security={security} />
        </Card>
      )}
      {isOn && security.trusted_browsers.length > 0 && (
        <Card title="Trusted browsers" state={`${security.trusted_browsers.length}`}>
          <TrustedBrowsers browsers={security.trusted_browsers} viewer_id={viewer_id} />
        </Card>
      )}
      <Card title="Your data">
        <p>Download what is stored about you, or delete your account.</p>
        <div class="form-actions">
          <a class="btn btn-quiet" href="/download_data">Download my data</a>
          <a class="btn btn-quiet text-danger" href="/leave">Delete account</a>
        </div>
      </Card>
    </div>
  );
}

interface CardProps {
  readonly title: string;
  readonly state?: string;
  readonly children: ComponentChildren;
}

function Card({ title, state, children }: CardProps) {
  return (
    <section class="card">
      <div class="card-header d-flex align-items-center gap-2">
        <h2>{title}</h2>
        {state !== undefined && (
          <span class={state === "off" ? "badge" : "badge badge-success"}>
            {state}
          </span>
        )}
      </div>
      <div class="card-body">{children}</div>
    </section>
  );
}

function Password(
  { security: { has_password, passkeys } }: Pick<SecurityCardsProps, "security">,
) {
  if (!has_password) {
    return (
      <>
        <p>You have no password. Your passkeys sign you in.</p>
        <a class="btn btn-quiet" href="/change_password">Set a password</a>
      </>
    );
  }
  return (
    <>
      <p>
        {passkeys > 0
          ? "You sign in with your password or with a passkey."
          : "Your password is the first step of every sign-in."}
      </p>
      <div class="form-actions">
        <a class="btn btn-quiet" href="/change_password">Change password</a>
        {passkeys > 0 && <a class="btn btn-quiet" href="/remove_password">Remove password</a>}
      </div>
    </>
  );
}

function Passkeys({ security: { passkeys } }: Pick<SecurityCardsProps, "security">) {
  return (
    <>
      <p>
        A passkey signs you in with your fingerprint, your face or a PIN, without your name and
        password. Nobody can guess it, and no other site can ask for it.
      </p>
      <a class={`btn ${passkeys === 0 ? "btn-primary" : "btn-quiet"}`} href="/passkeys">
        {passkeys === 0 ? "Add a passkey" : "Manage passkeys"}
      </a>
    </>
  );
}

function Authenticator({ security, viewer_id }: SecurityCardsProps) {
  const { turned_on_at, offered, can_turn_on } = security;
  if (turned_on_at !== null) {
    return (
      <>
        <p>
          Since <When at={turned_on_at} precision="day" />{" "}
          your authenticator is asked for after the password.
        </p>
        <div class="form-actions">
          <BeginButton viewer_id={viewer_id} label="Move to another device" look="btn-quiet" />
          <a class="btn btn-quiet" href="/turn_off_two_factor">Turn off</a>
        </div>
      </>
    );
  }
  if (!offered) return <p>This installation has no two-factor sign-in. Ask an admin for it.</p>;
  return (
    <>
      <p>
        An app on your phone shows a code that changes twice a minute. With it, somebody who learns
        your password still cannot sign in.
      </p>
      {can_turn_on
        ? <BeginButton viewer_id={viewer_id} label="Set up an authenticator" look="btn-primary" />
        : (
          <Alert kind="info">
            Confirm your e-mail address first. <a href="/verify_email">Send me an e-mail</a>
          </Alert>
        )}
    </>
  );
}

interface BeginButtonProps {
  readonly viewer_id: number;
  readonly label: string;
  readonly look: string;
}

/** `POST /set_up_two_factor`: makes a new secret. */
export function BeginButton({ viewer_id, label, look }: BeginButtonProps) {
  return (
    <form method="post" action="/set_up_two_factor">
      <HiddenFields values={{ viewer_id }} />
      <button type="submit" class={`btn ${look}`}>{label}</button>
    </form>
  );
}

function RecoveryCodesLeft(
  { security: { codes_left, codes_stored } }: Pick<SecurityCardsProps, "security">,
) {
  const advice = codes_left === 0
    ? "You have no recovery codes left: make new ones, or you lose your account with your phone."
    : !codes_stored
    ? "You have not said yet that you stored your codes. If you did not, make new ones."
    : codes_left <= FEW_RECOVERY_CODES
    ? "Few recovery codes are left: make new ones soon."
    : undefined;
  return (
    <>
      {advice !== undefined && <Alert kind={codes_left === 0 ? "error" : "info"}>{advice}</Alert>}
      <p>Each of these codes works once instead of your authenticator.</p>
      <a class="btn btn-quiet" href="/recovery_codes">Make new codes</a>
    </>
  );
}
