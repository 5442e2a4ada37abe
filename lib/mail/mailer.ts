import { mkdir, writeFile } from "node:fs/promises";
import type { Logger } from "@/lib/log.ts";
import type { Settings } from "@/lib/settings.ts";
import type { SmtpSettings } from "@/lib/settings/mail.ts";

/** A letter to one person, in plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends letters, or keeps them where nothing can be sent. */
export interface Mailer {
  /** @throws when the server does not take it. */
  send(mail: Mail): Promise<void>;
  /** Resolves if the server answers and takes the credentials. */
  check(): Promise<void>;
}

type Sender = Settings["mailFrom"];

const OUTBOX = ".data/outbox";
const TIMEOUT_MS = 10_000;

/** SMTP where `SMTP_URL` is set, else files in `.data/outbox`. */
export function createMailer(
  settings: Pick<Settings, "smtp" | "mailFrom" | "appEnv">,
  log: Logger,
): Mailer {
  return settings.smtp === undefined
    ? createOutbox(settings.mailFrom, log)
    : createSmtpMailer(settings.smtp, settings.mailFrom, settings.appEnv === "production");
}

/** The package, loaded with the first letter: it would take a good part of the server's start. */
const nodemailer = () => import("nodemailer");

function createSmtpMailer(server: SmtpSettings, from: Sender, requireTLS: boolean): Mailer {
  const { host, port, tls, account, ca } = server;
  const options = {
    host,
    port,
    secure: tls === "implicit",
    ...(account && { auth: { user: account.user, pass: account.password } }),
    ...(ca !== undefined && { tls: { ca } }),
    requireTLS,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  };
  const openTransport = async () => (await nodemailer()).createTransport(options, { from });
  let transport: ReturnType<typeof openTransport> | undefined;
  return {
    send: async (mail) => {
      await (await (transport ??= openTransport())).sendMail(mail);
    },
    check: async () => {
      await (await (transport ??= openTransport())).verify();
    },
  };
}

function createOutbox(from: Sender, log: Logger): Mailer {
  return {
    send: async (mail) => {
      const { createTransport } = await nodemailer();
      const transport = createTransport({ streamTransport: true, buffer: true }, { from });
      const { message } = await transport.sendMail(mail);
      await mkdir(OUTBOX, { recursive: true });
      const file = `${OUTBOX}/${new Date().toISOString().replaceAll(":", "-")}-${
        crypto.randomUUID().slice(0, 8)
      }.eml`;
      // A letter may hold a link that proves an address.
      await writeFile(file, message as Uint8Array, { mode: 0o600 });
      log.info({ file, subject: mail.subject }, "Mail was written to a file: SMTP_URL is not set");
    },
    check: () => Promise.resolve(),
  };
}
