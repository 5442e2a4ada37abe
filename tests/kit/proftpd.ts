import { join } from "node:path";
import {
  FTP_ACCOUNT,
  type FtpPlace,
  type FtpServer,
  type FtpServerOptions,
  type FtpSetup,
  startFtpServer,
} from "./ftp_server.ts";
import { libraryFolders, proftpd, PROFTPD_FOLDER } from "./programs.ts";

const GUEST = "nobody";

/**
 * Starts ProFTPD with one user, locked into a folder, which needs root.
 *
 * @throws {Error} if ProFTPD was not fetched or does not start.
 */
export function startProftpd(options: FtpServerOptions = {}): Promise<FtpServer> {
  return startFtpServer(GUEST, options, setUp);
}

async function setUp(place: FtpPlace): Promise<FtpSetup> {
  const program = proftpd.find();
  if (!program) throw new Error("ProFTPD was not fetched, or the tests do not run as root");
  const { guest, folder, passwordHash } = place;
  const users = join(place.home, "users");
  const account = [FTP_ACCOUNT.user, passwordHash, guest.uid, guest.gid, "", folder, "/bin/false"];
  // ProFTPD refuses a file that others may read.
  await Deno.writeTextFile(users, `${account.join(":")}\n`, { mode: 0o600 });
  const file = join(place.home, "proftpd.conf");
  await Deno.writeTextFile(file, configuration(place, users));
  return {
    program,
    args: ["--nodaemon", "--quiet", "--config", file],
    env: { LD_LIBRARY_PATH: libraryFolders(PROFTPD_FOLDER).join(":") },
  };
}

function tlsOptions({ tls, sessionReuse }: FtpPlace): string {
  const options = [
    ...(sessionReuse === "required" ? [] : ["NoSessionReuseRequired"]),
    ...(tls === "implicit" ? ["UseImplicitSSL"] : []),
  ];
  return options.length === 0 ? "" : `TLSOptions ${options.join(" ")}`;
}

/** @see http://www.proftpd.org/docs/directives/linked/configuration.html */
function configuration(place: FtpPlace, users: string): string {
  const { port, home, certificateFile, keyFile, tls } = place;
  return `
    ModulePath ${join(PROFTPD_FOLDER, "usr/lib/proftpd")}
    LoadModule mod_tls.c
    ServerName "Roster tests"
    ServerType standalone
    DefaultAddress 127.0.0.1
    SocketBindTight on
    Port ${port}
    User ${GUEST}
    Group nogroup
    PidFile ${home}/pid
    ScoreboardFile ${home}/scoreboard
    SystemLog ${home}/log
    TransferLog none
    WtmpLog off
    DelayEngine off
    AuthPAM off
    AuthOrder mod_auth_file.c
    AuthUserFile ${users}
    RequireValidShell off
    DefaultRoot ~
    AllowOverwrite on
    Umask 022
    TLSEngine ${tls === "none" ? "off" : "on"}
    TLSRequired ${tls === "none" ? "off" : "on"}
    TLSECCertificateFile ${certificateFile}
    TLSECCertificateKeyFile ${keyFile}
    ${tlsOptions(place)}
  `;
}
