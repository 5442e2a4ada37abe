import assert from "node:assert/strict";
import { type PostgresSettings, readPostgres } from "./postgres.ts";

function settingsOf(url: string | undefined, env: Record<string, string> = {}): PostgresSettings {
  const read = readPostgres(url, env);
  assert.ok(!("fault" in read), "fault" in read ? read.fault : "");
  return read;
}

function faultOf(url: string | undefined, env: Record<string, string> = {}): string {
  const read = readPostgres(url, env);
  return "fault" in read ? read.fault : assert.fail(`${url} is taken`);
}

const placesOf = ({ routes }: PostgresSettings) =>
  routes.map(({ host, port, ssl }) => `${host}:${port}${ssl ? " TLS" : ""}`);

Deno.test("a URL is taken apart as libpq does it", () => {
  const [route] = settingsOf("postgres://a%40b:p%2Fw:x@db.example.com:5433/my%20db").routes;
  const { host, port, user, password, database } = route!;
  assert.deepEqual([host, port, user, password, database], [
    "db.example.com",
    5433,
    "a@b",
    "p/w:x",
    "my db",
  ]);
  assert.equal(settingsOf("postgresql://ada@db").routes[0]?.database, "ada");
  assert.deepEqual(placesOf(settingsOf("postgres://[::1]:5433/x?sslmode=disable")), ["::1:5433"]);
});

Deno.test("a socket's folder may be in the host or after the question mark", () => {
  for (
    const url of [
      "postgres://u:pw@/db?host=/run/pg",
      "postgres:///db?host=/run/pg&user=u&password=pw",
      "postgres://u:pw@%2Frun%2Fpg/db",
    ]
  ) {
    const [{ host, user, password, database, ssl } = {} as never] = settingsOf(url).routes;
    assert.deepEqual([host, user, password, database, ssl], ["/run/pg", "u", "pw", "db", false]);
  }
});

Deno.test("the PG* names fill in what the URL leaves out", () => {
  const env = {
    PGHOST: "elsewhere",
    PGPORT: "5433",
    PGUSER: "ada",
    PGPASSWORD: "secret",
    PGSSLMODE: "require",
    PGAPPNAME: "people",
    PGCONNECT_TIMEOUT: "3",
  };
  const [route] = settingsOf("postgres://grace@db/x", env).routes;
  assert.deepEqual(route, {
    host: "db",
    port: 5433,
    user: "grace",
    password: "secret",
    database: "x",
    application_name: "people",
    connectionTimeoutMillis: 3_000,
    ssl: { rejectUnauthorized: false },
  });
  assert.deepEqual(placesOf(settingsOf(undefined, env)), ["elsewhere:5433 TLS"]);
});

Deno.test("each sslmode tries what libpq tries, in its order", () => {
  const tries = {
    disable: ["db:5432"],
    allow: ["db:5432", "db:5432 TLS"],
    prefer: ["db:5432 TLS", "db:5432"],
    require: ["db:5432 TLS"],
    "verify-full": ["db:5432 TLS"],
  };
  for (const [mode, places] of Object.entries(tries)) {
    assert.deepEqual(placesOf(settingsOf(`postgres://db/x?sslmode=${mode}`)), places, mode);
    assert.deepEqual(placesOf(settingsOf("postgres://db/x", { PGSSLMODE: mode })), places, mode);
  }
  assert.equal(settingsOf("postgres://db/x").sslMode, "prefer");
  assert.equal(settingsOf("postgres://db/x?ssl=true").sslMode, "require");
  const system = settingsOf("postgres://db/x?sslrootcert=system");
  assert.deepEqual(system.routes[0]?.ssl, { rejectUnauthorized: true });
});

Deno.test("several hosts are tried one after the other", () => {
  const url = "postgres://u@one:5433,two,[::1]:5434/x?sslmode=disable&target_session_attrs=primary";
  const { primaryOnly } = settingsOf(url);
  assert.equal(primaryOnly, true);
  assert.deepEqual(placesOf(settingsOf(url)), ["one:5433", "two:5432", "::1:5434"]);
  const env = { PGHOST: "one,two", PGPORT: "5433", PGSSLMODE: "disable" };
  assert.deepEqual(placesOf(settingsOf(undefined, env)), ["one:5433", "two:5433"]);
});

Deno.test("what is not supported is refused by name, with what to do", () => {
  const faults: [string, RegExp][] = [
    ["postgres://db/x?passfile=/root/.pgpass", /passfile.*PGPASSWORD/],
    ["postgres://db/x?service=people", /service.*write what it says/],
    ["postgres://db/x?hostaddr=10.0.0.1", /hostaddr.*as the host/],
    ["postgres://db/x?channel_binding=require", /channel_binding.*sslmode=require or stricter/],
    ["postgres://db/x?channel_binding=always", /channel_binding.*disable, prefer, require/],
    ["postgres://db/x?sslmode=no-verify", /sslmode is "no-verify": allowed are disable/],
    ["postgres://db/x?sslmode=require&sslrootcert=system", /needs sslmode=verify-full/],
    ["postgres://db/x?sslmode=verify-ca", /sslrootcert/],
    ["postgres://db/x?sslrootcert=/nowhere", /sslrootcert is "\/nowhere"/],
    ["postgres://db/x?target_session_attrs=standby", /any, read-write and primary/],
    ["postgres://db/x?pool_size=4", /pool_size.*leave it out/],
    ["postgres://db:port/x", /a host is/],
    ["postgres://one:1,two:2,three/x?port=1,2", /3 hosts and 2 ports/],
    ["postgres://u:100%zz@db/x", /password.*%25/],
  ];
  for (const [url, fault] of faults) assert.match(faultOf(url), fault, url);
  assert.match(faultOf(undefined, { PGSERVICE: "people" }), /^PGSERVICE is set/);
  assert.match(faultOf("postgres://db/x", { PGPASSFILE: "/x" }), /^PGPASSFILE is set/);
});

Deno.test("channel_binding is read from the URL and the environment", () => {
  assert.equal(settingsOf("postgres://db/x").channelBinding, "prefer");
  const url = "postgres://db/x?sslmode=require&channel_binding=require";
  assert.equal(settingsOf(url).channelBinding, "require");
  const env = { PGCHANNELBINDING: "disable" };
  assert.equal(settingsOf("postgres://db/x", env).channelBinding, "disable");
});

Deno.test("no fault of the database repeats a password", () => {
  for (
    const url of [
      "postgres://u:hunter2@db:port/x",
      "postgres://u:hunter2#@db/x",
      "postgres://u:hunter2%zz@db/x",
      "postgres://db/x?password=hunter2&sslmode=never",
    ]
  ) {
    assert.doesNotMatch(faultOf(url), /hunter2/, url);
  }
});
