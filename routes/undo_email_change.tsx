import { undoEmailChange } from "@/lib/domain/accounts/change_email.ts";
import { linkRoute } from "@/lib/web/link_route.tsx";

const { handler, LinkPage } = linkRoute({
  cookie: "undo_email",
  title: "Keep your address",
  text: "Press the button to give your account its address back. This ends all sessions, and we " +
    "send you a link for a new password.",
  submit: "Undo and end all sessions",
  flash: "undo_email_change",
  use: undoEmailChange,
});

export { handler };
export default LinkPage;
