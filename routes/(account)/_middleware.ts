import { signedIn } from "@/lib/web/middlewares/guards.ts";

export default signedIn;
