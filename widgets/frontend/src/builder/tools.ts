// What the actions stand on.
import type { GraphDocument } from "../shared/types";
import * as edits from "./document";
import { members } from "./groups";
import { materialise } from "./layout";
import type { Session } from "./session";
import type { View } from "./view";

export function createTools(session: Session, view: View) {
  const known = () => session.store.get();
  const form = (layer: string) => known().forms.get(layer);
  return {
    session,
    view,
    known,
    form,
    document: () => known().document,
    /** How many wires a node takes: 0, 1, or null for any number. */
    inputs(id: string) {
      const found = form(edits.node(known().document, id)?.layer ?? "");
      return found === undefined ? 1 : found.inputs;
    },
    direction: () => view.store.get().direction,
    selected: () => view.store.get().nodes,
    /** The selected layers, those of selected groups among them. */
    layers: () => members(known().document, view.store.get().nodes),
    placed: (document: GraphDocument) => materialise(document, view.places),
    finish(document: GraphDocument, what: string, select: string[]) {
      session.edit(document, what);
      view.select(select);
    },
    settle(checked: edits.Checked, what: string) {
      if (checked.reason !== null) session.say(checked.reason);
      else session.edit(checked.document, what);
    },
  };
}

export type Tools = ReturnType<typeof createTools>;

export const plural = (ids: string[], kind = "layers") => (ids.length === 1 ? ids[0]! : `${ids.length} ${kind}`);
