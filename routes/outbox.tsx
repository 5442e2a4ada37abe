import { HttpError, page } from "fresh";
import { AuthCard } from "@/components/AuthCard.tsx";
import { OutboxList } from "@/components/Outbox.tsx";
import { readOutbox } from "@/lib/domain/operation/outbox.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/define.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const mails = await readOutbox(ctx.state.services, ctx.state.actor);
    if (mails === undefined) throw new HttpError(404);
    return wantsHtml(ctx.req) ? page(mails) : Response.json({ mails });
  },
});

export default define.page<typeof handler>(({ data, state: { colorMode } }) => (
  <AuthCard title="E-mails of development" colorMode={colorMode} path="/outbox">
    <OutboxList mails={data} />
  </AuthCard>
));
