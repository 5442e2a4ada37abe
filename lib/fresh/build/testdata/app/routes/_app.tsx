import type { PageProps } from "fresh";

export default function Document({ Component }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Fixture</title>
        <link rel="stylesheet" href="/app.css" />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
}
