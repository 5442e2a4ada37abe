import { createContext } from "preact";
import type { Viewer } from "@/lib/shared/views.ts";

/** The signed-in user, as whom an admin may be viewing the page. */
export const ViewedUser = createContext<Viewer | undefined>(undefined);
