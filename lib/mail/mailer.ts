import { mkdir, writeFile } from "node:fs/promises";
import type { Logger } from "@/lib/log.ts";
import type { Settings } from "@/lib/settings.ts";

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

const OUTBOX = ".data/outbox";
const TIMEOUT_MS = 10_000;

/** SMTP where `SMTP_URL` is set, else files in `.data/outbox`. */
export function createMailer(
  settings: Pick<Settings, "smtpUrl" | "mailFrom" | "appEnv">,
  log: Logger,
): Mailer {
  return settings.smtpUrl === undefined
    ? createOutbox(settings.mailFrom, log)
    : createSmtpMailer(settings.smtpUrl, settings.mailFrom, settings.appEnv === "production");
}

/** The package, loaded with the first letter: it would take a good part of the server's start. */
const nodemailer = () => import("nodemailer");

function createSmtpMailer(url: string, from: string, requireTLS: boolean): Mailer {
  const options = {
    url,
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

function createOutbox(from: string, log: Logger): Mailer {
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
