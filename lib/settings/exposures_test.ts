import assert from "node:assert/strict";
import { readSettings } from "@/lib/settings.ts";
import type { Environment } from "./env_file.ts";

const PRODUCTION = {
  APP_ENV: "production",
  APP_URL: "https://people.example.com",
  HOST: "127.0.0.1",
};

function exposuresOf(env: Environment): string[] {
  return readSettings(env).exposures.map(({ check, detail }) => `${check}: ${detail}`);
}

const databaseOn = (host: string, sslmode: string) => ({
  DATABASE_URL: `postgres://roster:secret@${host}/roster?sslmode=${sslmode}`,
});

Deno.test("doctor tells that sslmode=require checks no certificate", () => {
  for (const env of [{}, PRODUCTION]) {
    for (const host of ["db.example.com", "127.0.0.1"]) {
      const [told = "", ...others] = exposuresOf({ ...env, ...databaseOn(host, "require") });
      assert.match(told, /^Database encryption: sslmode=require .*checks no certificate/);
      assert.deepEqual(others, []);
    }
    assert.deepEqual(exposuresOf({ ...env, ...databaseOn("db.example.com", "verify-full") }), []);
  }
});

Deno.test("doctor tells which connections of production may go without TLS", () => {
  const told = exposuresOf({
    ...PRODUCTION,
    ...databaseOn("db.example.com", "disable"),
    DATABASE_ALLOW_PLAINTEXT: "1",
    FTP_URL: "ftp://roster:secret@f.example.com",
    FTP_ALLOW_PLAINTEXT: "1",
    SMTP_URL: "smtp://m.example.com",
    SMTP_ALLOW_PLAINTEXT: "1",
    MAIL_FROM: "a@b.c",
  });
  assert.deepEqual(told.map((line) => line.split(":")[0]), [
    "Database encryption",
    "FTP encryption",
    "Mail encryption",
  ]);
  for (const host of ["127.0.0.1", "localhost"]) {
    assert.deepEqual(exposuresOf({ ...PRODUCTION, ...databaseOn(host, "prefer") }), []);
  }
});

Deno.test("doctor tells that other machines reach the port without TLS", () => {
  for (const HOST of ["", "0.0.0.0", "::", "192.0.2.7"]) {
    assert.match(
      exposuresOf({ ...PRODUCTION, HOST }).join(),
      /^Open port: .*8000 without TLS$/,
      HOST,
    );
  }
  for (const env of [{ HOST: "::1" }, { HOST: "", APP_ENV: "test" }]) {
    assert.deepEqual(exposuresOf({ ...PRODUCTION, ...env }), []);
  }
});
