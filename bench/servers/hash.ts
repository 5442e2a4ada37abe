/** `hash.ts PORT`: the baseline of sign-ins, which computes a hash for each request. */
import { createPasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { SAMPLE_PASSWORD } from "@/lib/domain/operation/seed_users.ts";

const passwords = createPasswordHasher();
const hash = await passwords.hash(SAMPLE_PASSWORD, "bench");

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen() {} }, async () => {
  return new Response(String(await passwords.verify(hash, SAMPLE_PASSWORD, "bench")));
});
