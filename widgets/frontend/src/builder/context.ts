// What the parts of one builder share.
import { createContext, useContext } from "react";
import { useStore } from "../shared/store";
import type { Actions } from "./actions";
import type { Session } from "./session";
import type { Stage } from "./stage";
import type { View } from "./view";

/** How files are opened and saved. */
export interface Filing {
  open: (path: string) => void;
  save: (path: string) => void;
}

export interface Workbench {
  session: Session;
  view: View;
  actions: Actions;
  stage: Stage;
  /** Opens a template in place of the model. */
  template: (name: string) => void;
  files: Filing;
}

export const WorkbenchContext = createContext<Workbench | null>(null);

export function useWorkbench(): Workbench {
  const found = useContext(WorkbenchContext);
  if (found === null) throw new Error("a part of the builder stands outside a builder");
  return found;
}

export const useKnown = () => useStore(useWorkbench().session.store);
export const useView = () => useStore(useWorkbench().view.store);
