import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import { AccountMenu } from "@/components/AccountMenu.tsx";
import { Brand } from "@/components/Brand.tsx";
import { FactorNote } from "@/components/FactorNote.tsx";
import { Footer } from "@/components/Footer.tsx";
import { Icon } from "@/components/Icon.tsx";
import { PasswordScript } from "@/components/PasswordScript.tsx";
import { SearchInput } from "@/components/SearchInput.tsx";
import { SideNav } from "@/components/SideNav.tsx";
import { ViewingBar } from "@/components/ViewingBar.tsx";
import type { ColorMode } from "@/lib/shared/color_mode.ts";
import type { Viewer } from "@/lib/shared/views.ts";

interface ShellProps {
  readonly viewer: Viewer;
  /** Path of the page, with its query. */
  readonly path: string;
  readonly colorMode: ColorMode;
  /** Of the application. */
  readonly version: string;
  /** The island UserSearch, for those who see other users. By default a plain field. */
  readonly search?: ComponentChildren;
  /** The island Toaster, with the flash message of the request. */
  readonly toasts?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of the signed-in pages. Menus are popovers, so all of it works without script. */
export function Shell(props: ShellProps) {
  const { viewer, path, colorMode, version, search, toasts, children } = props;
  return (
    <div class="shell">
      <Head>
        {/* Not in the stylesheet, which cannot know the build id that lets browsers keep it. */}
        <style>{`:root{--icons:url(${asset("/icons.svg")})}`}</style>
      </Head>
      <a class="skip-link" href="#main">Skip to content</a>
      <ViewingBar />
      <SideNav role={viewer.role} path={path} />
      <header class="topbar">
        <button type="button" class="topbar-button d-lg-none" popovertarget="sidenav">
          <Icon name="list" />
          <span class="visually-hidden">Navigation</span>
        </button>
        <div class="d-flex d-lg-none">
          <Brand href="/" />
        </div>
        {viewer.role !== "user" && (
          <form
            class="find-user d-none d-md-block"
            action="/user_list"
            role="search"
            aria-label="Find"
          >
            <Icon name="search" />
            {search ?? <SearchInput placeholder="Find a user" aria-label="Find a user" />}
          </form>
        )}
        <AccountMenu viewer={viewer} />
      </header>
      <main id="main" class="content" tabindex={-1}>
        <FactorNote viewer={viewer} path={path} />
        {children}
      </main>
      <Footer colorMode={colorMode} path={path} version={version} />
      {toasts}
      <PasswordScript />
    </div>
  );
}
