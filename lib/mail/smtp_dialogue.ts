import type SMTPConnection from "nodemailer/lib/smtp-connection";

/** Name of the custom sign-in method that runs the dialogue. */
const METHOD = "ENVELOPE";

/**
 * Signs in, announces sender and recipient, and resets. Nothing is sent.
 *
 * @throws {Error} with the server's reply if it refuses the e-mail.
 */
export async function rehearseLetter(
  options: SMTPConnection.Options,
  account: SMTPConnection.AuthenticationType | undefined,
  from: string,
  to: string,
): Promise<void> {
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  let refusal: string | undefined;
  const connection = new Connection({
    ...options,
    // The package only sends whole e-mails, but a custom sign-in method may send any command.
    customAuth: {
      [METHOD]: async ({ sendCommand }: SMTPConnection.CustomAuthenticationContext) => {
        for (const command of [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`]) {
          const { status, response } = await sendCommand(command);
          if (status < 400) continue;
          refusal = `${command} is refused: ${response}`;
          break;
        }
        await sendCommand("RSET");
      },
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (step: () => void) => (error?: Error | null) => error ? reject(error) : step();
      connection.on("error", reject);
      const envelope = next(() =>
        connection.login({ type: "custom", method: METHOD, user: "", pass: "" }, next(resolve))
      );
      connection.connect(next(() => account ? connection.login(account, envelope) : envelope()));
    });
  } catch (error) {
    connection.close();
    throw error;
  }
  connection.quit();
  if (refusal !== undefined) throw new Error(refusal);
}
