import { connect } from "node:net";
import type SMTPTransport from "nodemailer/lib/smtp-transport";
import { certificateSymptoms, type Symptom, UNREACHABLE, withAdvice } from "@/lib/advice.ts";
import type { Logger } from "@/lib/log.ts";
import type { Settings } from "@/lib/settings.ts";
import type { SmtpSettings } from "@/lib/settings/mail.ts";
import { envelopeOf } from "./envelope.ts";
import type { Mailer } from "./mail.ts";
import { createOutbox, OUTBOX } from "./outbox.ts";

type Sender = Settings["mailFrom"];

const TIMEOUT_MS = 10_000;

/** Creates a mailer: SMTP if `SMTP_URL` is set, else files in the folder `outbox`. */
export function createMailer(
  settings: Pick<Settings, "smtp" | "mailFrom">,
  log: Logger,
  outbox = OUTBOX,
): Mailer {
  return settings.smtp === undefined
    ? createOutbox(settings.mailFrom, log, outbox)
    : createSmtpMailer(settings.smtp, settings.mailFrom);
}

/** Loads the package with the first e-mail. It would slow down the server's start. */
const nodemailer = () => import("nodemailer");

function createSmtpMailer(server: SmtpSettings, from: Sender): Mailer {
  const { host, port, tls, account, ca, requiresTls } = server;
  const auth = account && { user: account.user, pass: account.password };
  const options = {
    host,
    port,
    secure: tls === "implicit",
    requireTLS: requiresTls,
    ...(ca !== undefined && { tls: { ca } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  };
  const openTransport = async () =>
    (await nodemailer()).createTransport(
      { ...options, getSocket: connectByName, ...(auth && { auth }) },
      { from },
    );
  let transport: ReturnType<typeof openTransport> | undefined;
  return {
    send: (mail) =>
      advised(async () => await (await (transport ??= openTransport())).sendMail(envelopeOf(mail))),
    check: () => advised(async () => await (await (transport ??= openTransport())).verify()),
    rehearse: (to) =>
      advised(async () => {
        const { rehearseLetter } = await import("./smtp_dialogue.ts");
        await rehearseLetter(options, auth, from.address, to);
      }),
  };
}

/**
 * Connects to the host of `SMTP_URL` by its name. The package looks the name up and connects to the
 * address, which a server that may reach named hosts only (`--allow-net`) is not allowed to.
 */
const connectByName: SMTPTransport.Options["getSocket"] = ({ host = "", port }, done) => {
  const socket = connect({ host, port: Number(port), timeout: TIMEOUT_MS });
  const fail = (error: Error) => done(error, false);
  socket.once("error", fail);
  socket.once("timeout", () => socket.destroy(new Error("Connection timeout")));
  socket.once("connect", () => {
    socket.removeAllListeners("error").removeAllListeners("timeout");
    done(null, { connection: socket });
  });
};

const SYMPTOMS: readonly Symptom[] = [
  ...certificateSymptoms("SMTP_URL", "SMTP_CA_FILE"),
  {
    reason: /wrong version number|InvalidContentType|corrupt message|packet length too long/i,
    advice: "begin SMTP_URL with smtp://, since the server begins without TLS",
  },
  {
    reason: /greeting never received/i,
    advice: "begin SMTP_URL with smtps://, if the server begins with TLS, or mend its port",
  },
  {
    reason: /STARTTLS/,
    advice:
      "switch STARTTLS on in the server, or begin SMTP_URL with smtps:// and its port for TLS",
  },
  {
    reason: /Invalid login|^535|Missing credentials/i,
    advice: "mend user and password in SMTP_URL",
  },
  { reason: /^MAIL FROM/, advice: "mend MAIL_FROM, or let the account send under that address" },
  { reason: /^RCPT TO/, advice: "sign in with a user in SMTP_URL that may send to anybody" },
  { reason: UNREACHABLE, advice: "start the mail server, or mend host and port in SMTP_URL" },
];

async function advised(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(withAdvice(error, SYMPTOMS), { cause: error });
  }
}
