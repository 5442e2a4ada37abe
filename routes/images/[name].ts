import { HttpError, type RouteConfig } from "fresh";
import { findImage } from "@/lib/domain/images/images.ts";
import { define } from "@/lib/web/define.ts";

/** A name always has the same content, so browsers never need to ask again. */
const FOREVER = "public, max-age=31536000, immutable";

/** The published folder may move or disappear. */
const AN_HOUR = "public, max-age=3600";

const RETRY_AFTER_SECONDS = "5";

/**
 * Matches only names without a percent sign: Fresh decodes parameters before our code runs and has
 * no proper answer to broken encoding.
 */
export const config: RouteConfig = { routeOverride: "/images/:name([\\w.\\-]+)" };

export const handler = define.handlers({
  async GET(ctx) {
    const { name } = ctx.params;
    const headers = {
      "content-type": "image/webp",
      // Browsers save it under our name, whatever the URL says.
      "content-disposition": 'inline; filename="avatar.webp"',
      "cache-control": FOREVER,
      "etag": `"${name}"`,
    };
    const { services } = ctx.state;
    const answer = await findImage(services.db, services.images, name ?? "");
    switch (answer.kind) {
      case "bytes":
        return ctx.req.headers.get("if-none-match") === headers.etag
          ? new Response(null, { status: 304, headers })
          : new Response(answer.bytes, { headers });
      case "elsewhere":
        return new Response(null, {
          status: 302,
          headers: { "location": answer.url, "cache-control": AN_HOUR },
        });
      case "missing":
        throw new HttpError(404);
      case "unavailable":
        return new Response(null, {
          status: 503,
          headers: { "retry-after": RETRY_AFTER_SECONDS, "cache-control": "no-store" },
        });
    }
  },
});
