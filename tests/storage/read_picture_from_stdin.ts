import { PictureReader } from "@/lib/storage/picture.ts";

// Run by a test in a process of its own, which may not load native code.
const result = await new PictureReader().read(await new Response(Deno.stdin.readable).bytes());
console.log(JSON.stringify(result));
