import { unlockAccount } from "@/lib/domain/accounts/unlock_account.ts";
import { linkRoute } from "@/lib/web/link_route.tsx";

const { handler, LinkPage } = linkRoute({
  cookie: "unlock",
  title: "Unlock your account",
  text: "Press the button to forget the failed sign-ins. Then sign in with your password.",
  submit: "Unlock",
  flash: "unlock_account",
  use: unlockAccount,
});

export { handler };
export default LinkPage;
