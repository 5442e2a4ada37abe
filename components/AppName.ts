import { createContext } from "preact";

/** What the product is called (`APP_NAME`), wherever a page says it. */
export const AppName = createContext("Roster");
