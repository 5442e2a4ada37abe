// Lets people see what they type into a password field. The buttons that do it are on the page
// already, and are shown where this script runs.
document.documentElement.classList.add("can-show-passwords");

// The same for the link that signs in with a passkey.
if ("PublicKeyCredential" in window) document.documentElement.classList.add("can-use-passkeys");

const passwordOf = (button) => button.closest(".field").querySelector("input");

function show(button, isShown) {
  passwordOf(button).type = isShown ? "text" : "password";
  button.firstChild.data = isShown ? "Hide" : "Show";
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".show-button");
  if (button) show(button, passwordOf(button).type === "password");
});

// Sent as text, a password would end up among what the browser suggests for other fields.
document.addEventListener("submit", ({ target }) => {
  for (const button of target.querySelectorAll(".show-button")) show(button, false);
}, { capture: true });
