/** A process that takes a moment to end in order and reports it. */
Deno.addSignalListener("SIGTERM", () => {
  console.log("Told to end");
  setTimeout(() => {
    console.log("Ended in order");
    Deno.exit(0);
  }, 300);
});
setInterval(() => {}, 60_000);
console.log("Ready");
