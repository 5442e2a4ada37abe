import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import type SMTPTransport from "nodemailer/lib/smtp-transport";
import { certificateSymptoms, type Symptom, UNREACHABLE, withAdvice } from "@/lib/advice.ts";
import type { Logger } from "@/lib/log.ts";
import type { Settings } from "@/lib/settings.ts";
import type { SmtpSettings } from "@/lib/settings/mail.ts";
import { asciiAddress } from "@/lib/shared/fold.ts";

/** An e-mail to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** In angle brackets. */
  readonly messageId?: string;
}

/** Sends e-mails, or writes them to files if there is no mail server. */
export interface Mailer {
  /** Sends an e-mail. @throws if the server does not accept it. */
  send(mail: Mail): Promise<void>;
  /** Resolves if the server answers and accepts the credentials. */
  check(): Promise<void>;
  /**
   * Resolves if the server would accept an e-mail to that address. Sends nothing.
   *
   * @throws {Error} that says what an operator can do about it, if known.
   */
  rehearse(to: string): Promise<void>;
}

type Sender = Settings["mailFrom"];

/** The folder of e-mails where there is no mail server. */
export const OUTBOX = ".data/outbox";
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

/** Writes the domain in ASCII, because not every mail server accepts other letters. */
function deliverable(mail: Mail): Mail {
  return { ...mail, to: asciiAddress(mail.to) };
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
      advised(async () =>
        await (await (transport ??= openTransport())).sendMail(deliverable(mail))
      ),
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

/** A part whose lines stay as they are: nobody could copy a link that is broken over two lines. */
function unbroken(type: "plain" | "html", content: string) {
  const head = `Content-Type: text/${type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n`;
  return { raw: head + content };
}

function createOutbox(from: Sender, log: Logger, folder: string): Mailer {
  return {
    send: async (mail) => {
      const { createTransport } = await nodemailer();
      const transport = createTransport({ streamTransport: true, buffer: true }, { from });
      const { text, html, ...rest } = deliverable(mail);
      const alternatives = [unbroken("plain", text), ...(html ? [unbroken("html", html)] : [])];
      const { message } = await transport.sendMail({ ...rest, alternatives });
      await mkdir(folder, { recursive: true });
      const file = `${folder}/${new Date().toISOString().replaceAll(":", "-")}-${
        crypto.randomUUID().slice(0, 8)
      }.eml`;
      // An e-mail may contain a link that proves an address.
      await writeFile(file, message as Uint8Array, { mode: 0o600 });
      log.info(
        { file, subject: mail.subject },
        "SMTP_URL is not set, so the e-mail was written to a file",
      );
    },
    check: () => Promise.resolve(),
    rehearse: () => Promise.resolve(),
  };
}
