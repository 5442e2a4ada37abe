import { page } from "fresh";
import { Dashboard } from "@/components/Dashboard.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { viewDashboard } from "@/lib/domain/operation/dashboard.ts";
import { defineSignedIn } from "@/lib/web/define.ts";

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    return page(await viewDashboard(services, actor));
  },
});

export default defineSignedIn.page<typeof handler>(({ data: view }) => (
  <>
    <PageHeader title="Dashboard" />
    <Dashboard view={view} />
  </>
));
