import { restoreAccount } from "@/lib/domain/accounts/leave.ts";
import { linkRoute } from "@/lib/web/link_route.tsx";

const { handler, LinkPage } = linkRoute({
  cookie: "restore",
  title: "Bring your account back",
  text:
    "Press the button to restore your account with profile and picture. Then sign in as before: " +
    "your password, second factor and passkeys work again.",
  submit: "Bring it back",
  flash: "restore_account",
  use: restoreAccount,
});

export { handler };
export default LinkPage;
