import { join } from "node:path";
import {
  FTP_ACCOUNT,
  type FtpPlace,
  type FtpServer,
  type FtpServerOptions,
  type FtpSetup,
  startFtpServer,
} from "./ftp_server.ts";
import { vsftpd } from "./programs.ts";

const GUEST = "ftp";

/** Ports for data connections; a client uses one at a time. */
const PASSIVE_PORTS = 40;

/**
 * Starts vsftpd as in a deployment: with a virtual user, locked into a folder. Needs root, like
 * vsftpd. Only the server's own PAM service knows the user.
 *
 * @throws {Error} if vsftpd is not installed or does not start.
 */
export function startVsftpd(options: FtpServerOptions = {}): Promise<FtpServer> {
  return startFtpServer(GUEST, options, setUp);
}

async function setUp(place: FtpPlace): Promise<FtpSetup> {
  const program = vsftpd.find();
  if (!program) throw new Error("vsftpd is not installed, or the tests do not run as root");
  const service = await addPamService(place);
  const file = join(place.home, "vsftpd.conf");
  await Deno.writeTextFile(file, configuration(place, service));
  return { program, args: [file], outsideFile: join(PAM_FOLDER, service) };
}

const PAM_FOLDER = "/etc/pam.d";

/**
 * Adds a PAM service that knows only {@linkcode FTP_ACCOUNT}, and returns its name. It must not
 * fork, as `pam_exec` does: vsftpd would mistake that child for its own.
 */
async function addPamService({ home, passwordHash }: FtpPlace): Promise<string> {
  const name = `roster-test-${crypto.randomUUID()}`;
  const passwords = join(home, "passwords");
  await Deno.writeTextFile(passwords, `${FTP_ACCOUNT.user}:${passwordHash}\n`);
  await Deno.writeTextFile(
    join(PAM_FOLDER, name),
    `auth required pam_pwdfile.so nodelay pwdfile=${passwords}\naccount required pam_permit.so\n`,
  );
  return name;
}

/** @see https://security.appspot.com/vsftpd/vsftpd_conf.html */
function configuration(place: FtpPlace, pamService: string): string {
  const [firstPassive, lastPassive] = passiveRange();
  const settings = {
    listen: "YES",
    listen_address: "127.0.0.1",
    listen_port: place.port,
    background: "NO",
    pasv_min_port: firstPassive,
    pasv_max_port: lastPassive,
    anonymous_enable: "NO",
    local_enable: "YES",
    guest_enable: "YES",
    guest_username: GUEST,
    virtual_use_local_privs: "YES",
    pam_service_name: pamService,
    local_root: place.folder,
    local_umask: "022",
    chroot_local_user: "YES",
    allow_writeable_chroot: "YES",
    write_enable: "YES",
    delay_failed_login: 0,
    xferlog_enable: "NO",
    vsftpd_log_file: join(place.home, "vsftpd.log"),
    ssl_enable: place.tls === "none" ? "NO" : "YES",
    implicit_ssl: place.tls === "implicit" ? "YES" : "NO",
    rsa_cert_file: place.certificateFile,
    rsa_private_key_file: place.keyFile,
    force_local_logins_ssl: "YES",
    force_local_data_ssl: "YES",
    ssl_ciphers: "HIGH",
    // On by default, but Deno's TLS client does not support it.
    require_ssl_reuse: place.sessionReuse === "required" ? "YES" : "NO",
  };
  return Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join("");
}

/** A range of ports above those that the system assigns. */
function passiveRange(): [number, number] {
  const first = 61_000 + Math.floor(Math.random() * 110) * PASSIVE_PORTS;
  return [first, first + PASSIVE_PORTS - 1];
}
