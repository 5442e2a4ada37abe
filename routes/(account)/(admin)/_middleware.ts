import { staffOnly } from "@/lib/web/middlewares/guards.ts";

export default staffOnly;
