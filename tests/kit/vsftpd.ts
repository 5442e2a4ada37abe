import { findAccount } from "./accounts.ts";
import { freePort } from "./free_port.ts";
import {
  type Certificate,
  FTP_ACCOUNT,
  type FtpServer,
  type FtpServerOptions,
  ftpUrl,
  hashPassword,
  makeCertificate,
} from "./ftp_server.ts";
import { vsftpd } from "./programs.ts";
import { startServer } from "./server_process.ts";
import { tempFolder } from "./temp.ts";

/** The account of this machine that the one user of the server acts as. */
const GUEST = "ftp";

/** Ports for data connections; a client uses one at a time. */
const PASSIVE_PORTS = 40;

/**
 * Starts vsftpd as deployers run it: a virtual user, locked into its folder, explicit TLS. Needs
 * root, since vsftpd does; the user is known to a PAM service of the server's own, not to the
 * machine.
 *
 * @throws {Error} if vsftpd is not installed or does not start.
 */
export async function startVsftpd(options: FtpServerOptions = {}): Promise<FtpServer> {
  const program = vsftpd.find();
  if (!program) throw new Error("vsftpd is not installed, or the tests do not run as root");
  const setup = { tls: "required", sessionReuse: "optional", ...options } as const;
  const home = await tempFolder();
  await Deno.chmod(home.path, 0o755);
  const folder = `${home.path}/files`;
  await Deno.mkdir(folder);
  const guest = await findAccount(GUEST);
  await Deno.chown(folder, guest.uid, guest.gid);
  const certificate = await makeCertificate(home);
  const pam = await addPamService(home.path);
  const port = freePort();
  const configuration = `${home.path}/vsftpd.conf`;
  await Deno.writeTextFile(configuration, configure({ port, folder, pam, certificate, ...setup }));
  const start = () =>
    startServer({ program, args: [configuration], cwd: home.path, ready: { port } });
  let server = await start();
  return {
    host: "127.0.0.1",
    port,
    ...FTP_ACCOUNT,
    url: ftpUrl(port, setup.tls),
    certificate: certificate.certificate,
    folder,
    output: () => server.output(),
    kill: (signal) => server.kill(signal),
    async restart() {
      await server.kill();
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server.kill("SIGKILL");
      await Deno.remove(`/etc/pam.d/${pam}`);
      await home[Symbol.asyncDispose]();
    },
  };
}

/**
 * A PAM service that knows {@linkcode FTP_ACCOUNT} alone. Gives its name. It must not be one that
 * forks, such as `pam_exec`: vsftpd takes the end of that child for the end of its own.
 */
async function addPamService(folder: string): Promise<string> {
  const name = `roster-test-${crypto.randomUUID()}`;
  const passwords = `${folder}/passwords`;
  const { user, password } = FTP_ACCOUNT;
  await Deno.writeTextFile(passwords, `${user}:${await hashPassword(password)}\n`);
  await Deno.writeTextFile(
    `/etc/pam.d/${name}`,
    `auth required pam_pwdfile.so nodelay pwdfile=${passwords}\naccount required pam_permit.so\n`,
  );
  return name;
}

interface Configuration extends Required<FtpServerOptions> {
  readonly port: number;
  readonly folder: string;
  readonly pam: string;
  readonly certificate: Certificate;
}

/** @see https://security.appspot.com/vsftpd/vsftpd_conf.html */
function configure(configuration: Configuration): string {
  const { port, folder, pam, certificate, tls, sessionReuse } = configuration;
  const [firstPassive, lastPassive] = passiveRange();
  const settings = {
    listen: "YES",
    listen_address: "127.0.0.1",
    listen_port: port,
    background: "NO",
    pasv_min_port: firstPassive,
    pasv_max_port: lastPassive,
    anonymous_enable: "NO",
    local_enable: "YES",
    guest_enable: "YES",
    guest_username: GUEST,
    virtual_use_local_privs: "YES",
    pam_service_name: pam,
    local_root: folder,
    local_umask: "022",
    chroot_local_user: "YES",
    allow_writeable_chroot: "YES",
    write_enable: "YES",
    delay_failed_login: 0,
    xferlog_enable: "NO",
    vsftpd_log_file: `${folder}/../vsftpd.log`,
    ssl_enable: tls === "required" ? "YES" : "NO",
    rsa_cert_file: certificate.certificateFile,
    rsa_private_key_file: certificate.keyFile,
    force_local_logins_ssl: "YES",
    force_local_data_ssl: "YES",
    ssl_ciphers: "HIGH",
    // On unless said otherwise, and out of reach of Deno's TLS client.
    require_ssl_reuse: sessionReuse === "required" ? "YES" : "NO",
  };
  return Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join("");
}

/** A stretch of ports above the ones that the system gives out by itself. */
function passiveRange(): [number, number] {
  const first = 61_000 + Math.floor(Math.random() * 110) * PASSIVE_PORTS;
  return [first, first + PASSIVE_PORTS - 1];
}
