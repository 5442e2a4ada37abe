import assert from "node:assert/strict";
import { PictureReader } from "@/lib/storage/picture.ts";

// Run by a test in a process of its own: prints by how many bytes it grew.
const picture = await new Response(Deno.stdin.readable).bytes();
const reader = new PictureReader();
await reader.read(picture);
const before = Deno.memoryUsage().rss;
const count = Number(Deno.args[0]);
const results = await Promise.all(Array.from({ length: count }, () => reader.read(picture)));
assert.ok(results.every((result) => result.ok));
console.log(Deno.memoryUsage().rss - before);
