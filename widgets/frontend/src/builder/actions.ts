// What a person can do to the model, from the canvas, the list or the keyboard alike.
import type { FieldForm, GraphDocument, Value } from "../shared/types";
import { chainOrder, insertRow, reorder } from "./chain";
import * as edits from "./document";
import { fragmentOf, paste, readFragment, type Fragment } from "./fragment";
import { makeRoom, materialise, tidy, type Direction, type Place } from "./layout";
import type { Session } from "./session";
import type { View } from "./view";

export type Actions = ReturnType<typeof createActions>;

const plural = (ids: string[]) => (ids.length === 1 ? ids[0]! : `${ids.length} layers`);

export function createActions(session: Session, view: View) {
  let clipboard: Fragment | null = null;
  const known = () => session.store.get();
  const form = (layer: string) => known().forms.get(layer);
  const inputs = (id: string) => {
    const found = form(edits.node(known().document, id)?.layer ?? "");
    return found === undefined ? 1 : found.inputs;
  };
  const direction = () => view.store.get().direction;
  const placed = (document: GraphDocument) => materialise(document, view.places);

  function finish(document: GraphDocument, what: string, select: string[]) {
    session.edit(document, what);
    view.select(select);
  }

  function settle(checked: edits.Checked, what: string) {
    if (checked.reason !== null) session.say(checked.reason);
    else session.edit(checked.document, what);
  }

  function addPasted(fragment: Fragment, what: string) {
    const made = paste(placed(known().document), fragment);
    finish(made.document, `${what} ${plural(made.ids)}`, made.ids);
  }

  return {
    form,
    inputs,

    /** A new layer after the selected ones (or the last), connected. */
    append(layer: string, after = view.store.get().nodes) {
      const made = edits.append(known().document, layer, form(layer), after);
      finish(makeRoom(made.document, made.id, direction()), `add ${layer}`, [made.id]);
      return made.id;
    },

    /** A new layer at a place of the canvas; `source` is connected to it. */
    drop(layer: string, at: Place, source?: string) {
      const made = edits.addNode(placed(known().document), layer, form(layer), at);
      const wired = source === undefined ? null : edits.connect(made.document, source, made.id, form(layer)?.inputs ?? 1);
      finish(wired?.document ?? made.document, `add ${layer}`, [made.id]);
    },

    /** A new layer in the middle of a wire. */
    insert(layer: string, edge: number) {
      if (form(layer)?.inputs === 0) return session.say(`${layer} is an entrance; it cannot stand in a wire`);
      const made = edits.insertOnEdge(known().document, edge, layer, form(layer));
      finish(makeRoom(made.document, made.id, direction()), `insert ${layer}`, [made.id]);
    },

    insertRow(layer: string, index: number) {
      const made = insertRow(known().document, index, layer, form(layer));
      if (made !== null) finish(makeRoom(made.document, made.id, direction()), `insert ${layer}`, [made.id]);
    },

    moveRow(from: number, to: number) {
      const next = reorder(known().document, from, to);
      if (next !== null) session.edit(next, `move ${chainOrder(known().document)?.[from]}`);
      else if (from !== to) session.say("the Input stays at the start");
    },

    remove(nodes = view.store.get().nodes, edges = view.store.get().edges) {
      if (nodes.length + edges.length === 0) return;
      const without = edits.removeNodes(edits.removeEdges(known().document, edges), nodes);
      finish(without, nodes.length > 0 ? `delete ${plural(nodes)}` : "delete wire", []);
    },

    connect: (source: string, target: string) =>
      settle(edits.connect(known().document, source, target, inputs(target)), `connect ${source} to ${target}`),

    refusal: (source: string, target: string) => edits.refusal(known().document, source, target, inputs(target)),

    setSources: (id: string, sources: string[]) =>
      settle(edits.setSources(known().document, id, sources, inputs(id)), `rewire ${id}`),

    setField: (id: string, field: FieldForm, value: Value | undefined) =>
      session.edit(edits.setField(known().document, id, field, value), `set ${field.name} of ${id}`),

    share: (id: string, other: string | null) =>
      session.edit(edits.share(known().document, id, other), other === null ? `separate ${id}` : `share ${other} with ${id}`),

    /** Nodes to new places; a preview until the movement ends. */
    move(places: Map<string, Place>, ended = true) {
      const moved = edits.moveNodes(placed(known().document), places);
      if (ended) session.edit(moved, "move");
      else session.preview(moved);
    },

    tidy(way: Direction = direction()) {
      const { document } = known();
      view.store.set({ direction: way });
      if (document.nodes.length > 0) session.edit(edits.moveNodes(document, tidy(document, way, view.sizes)), "tidy");
    },

    duplicate(ids = view.store.get().nodes) {
      if (ids.length > 0) addPasted(fragmentOf(placed(known().document), ids), "duplicate");
    },

    /** The selected layers as text, kept for pasting; null where none is selected. */
    copy(): string | null {
      const { nodes } = view.store.get();
      if (nodes.length === 0) return null;
      clipboard = fragmentOf(placed(known().document), nodes);
      return JSON.stringify(clipboard);
    },

    paste(text: string) {
      const fragment = readFragment(text) ?? clipboard;
      if (fragment !== null) addPasted(fragment, "paste");
    },

    selectAll: () => view.select(known().document.nodes.map((node) => node.id)),
  };
}
