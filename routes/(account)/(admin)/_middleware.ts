import { adminsOnly } from "@/lib/web/middlewares/guards.ts";

export default adminsOnly;
