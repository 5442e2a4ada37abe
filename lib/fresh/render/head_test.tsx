import assert from "node:assert/strict";
import { type ComponentChildren, createContext, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { App, type PageProps } from "../mod.ts";
import { Head } from "../runtime.ts";

/** The head of a page that renders `content` inside an app wrapper whose head holds `own`. */
async function headOf(content: VNode, own: ComponentChildren = null): Promise<string> {
  const app = new App()
    .appWrapper(({ Component }: PageProps) => (
      <html>
        <head>{own}</head>
        <body>
          <Component />
        </body>
      </html>
    ))
    .get("/", (ctx) => ctx.render(content));
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  return /<head>(.*)<\/head>/.exec(html)?.[1]?.replace(/ nonce="[\w-]+"/g, "") ?? "";
}

Deno.test("<Head> moves its elements into the head of the document", async () => {
  const page = (
    <p>
      <Head>
        <title>Page</title>
        <meta name="a" content="b" />
      </Head>
    </p>
  );
  assert.equal(await headOf(page), '<title>Page</title><meta name="a" content="b"/>');
});

Deno.test("the title of the innermost page replaces the one of the wrapper", async () => {
  const page = (
    <>
      <Head>
        <title>Outer</title>
      </Head>
      <Head>
        <title>Inner</title>
      </Head>
    </>
  );
  assert.equal(
    await headOf(page, <meta charset="utf-8" />),
    '<meta charset="utf-8"/><title>Inner</title>',
  );
  assert.equal(await headOf(page, <title>Wrapper</title>), "<title>Inner</title>");
});

Deno.test("components in the wrapper's head see the contexts around it", async () => {
  const Language = createContext("none");
  const Title = () => <title>{useContext(Language)}</title>;
  const app = new App().appWrapper(({ Component }: PageProps) => (
    <Language.Provider value="de">
      <html>
        <head>
          <Title />
        </head>
        <body>
          <Component />
        </body>
      </html>
    </Language.Provider>
  )).get("/", (ctx) => ctx.render(<p>page</p>));
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  assert.match(html, /<title>de<\/title>/);
});

Deno.test("an element replaces the one with the same attributes, whatever its content or href", async () => {
  const page = (
    <Head>
      <meta name="description" content="page" />
      <link rel="canonical" href="/page" />
      <meta name="other" content="page" />
    </Head>
  );
  const own = (
    <>
      <meta name="description" content="wrapper" />
      <link rel="canonical" href="/" />
      <link rel="icon" href="/icon.png" />
    </>
  );
  assert.equal(
    await headOf(page, own),
    '<meta name="description" content="page"/><link rel="canonical" href="/page"/>' +
      '<link rel="icon" href="/icon.png"/><meta name="other" content="page"/>',
  );
});

Deno.test("stylesheets and preloads with another href are added to those of the wrapper", async () => {
  const page = (
    <Head>
      <link rel="stylesheet" href="/page.css" />
      <link rel="stylesheet" href="/app.css" />
      <link rel="preload" as="font" href="/page.woff2" />
    </Head>
  );
  const own = (
    <>
      <link rel="stylesheet" href="/app.css" />
      <link rel="preload" as="font" href="/app.woff2" />
    </>
  );
  assert.equal(
    await headOf(page, own),
    '<link rel="stylesheet" href="/app.css"/><link rel="preload" as="font" href="/app.woff2"/>' +
      '<link rel="stylesheet" href="/page.css"/><link rel="preload" as="font" href="/page.woff2"/>',
  );
});

Deno.test("an element with a key replaces the one with the same key", async () => {
  const page = (
    <Head>
      <link key="css" rel="stylesheet" href="/page.css" />
    </Head>
  );
  assert.equal(
    await headOf(page, <link key="css" rel="preload" href="/wrapper.css" />),
    '<link rel="stylesheet" href="/page.css" data-key="css"/>',
  );
});

Deno.test("a style, script, noscript or template replaces the one with the same attributes", async () => {
  const entries = (content: string) => (
    <>
      <style id="s">{content}</style>
      <script type="application/ld+json">{content}</script>
      <noscript id="n">{content}</noscript>
      <template id="t" dangerouslySetInnerHTML={{ __html: content }} />
    </>
  );
  assert.equal(
    await headOf(<Head>{entries("page")}</Head>, entries("wrapper")),
    '<style id="s">page</style><script type="application/ld+json">page</script>' +
      '<noscript id="n">page</noscript><template id="t">page</template>',
  );
});

Deno.test("styles without attributes are all kept unless they are the same", async () => {
  const page = (
    <Head>
      <style>b</style>
      <style>c</style>
    </Head>
  );
  assert.equal(
    await headOf(page, <style>b</style>),
    "<style>b</style><style>c</style>",
  );
});

Deno.test("<Head> may contain components, and stand in the wrapper after its head", async () => {
  const Meta = () => <meta name="deep" content="1" />;
  const app = new App().appWrapper(({ Component }: PageProps) => (
    <html>
      <head>
        <title>Wrapper</title>
      </head>
      <body>
        <Head>
          <Meta />
          <title>Later</title>
        </Head>
        <Component />
      </body>
    </html>
  )).get("/", (ctx) => ctx.render(<p>page</p>));
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  assert.match(html, /<head><title>Later<\/title><meta name="deep" content="1"\/><\/head>/);
});

Deno.test("a <Head> kept in a constant works at every request", async () => {
  const page = (
    <Head>
      <title>Constant</title>
    </Head>
  );
  assert.equal(await headOf(page), "<title>Constant</title>");
  assert.equal(await headOf(page), "<title>Constant</title>");
});

Deno.test("without a head in the wrapper, <Head> fills the added one", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <Head>
        <title>Page</title>
      </Head>,
    ));
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  assert.match(html, /<head><meta charset="utf-8"\/><title>Page<\/title><\/head>/);
});
