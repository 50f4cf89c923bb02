// Adding, taking away, connecting and changing layers.
import type { FieldForm, Fix, Operation, Suggestion, Value } from "../shared/types";
import { plural, type Tools } from "./tools";
import { chainOrder, insertRow, reorder } from "./chain";
import * as edits from "./document";
import { removeNotes } from "./notes";
import { makeRoom, type Place } from "./layout";
import type { Destination } from "./view";

export function editing(tools: Tools) {
  const { session, view, form, inputs, document, direction, placed, finish, settle, layers } = tools;

  /** Edits that Python makes; what they made is selected then. */
  async function act(operations: Operation[], what: string): Promise<boolean> {
    const made = await session.act(operations, what);
    if (made !== null && made.length > 0) view.select(made);
    return made !== null;
  }

  function append(layer: string, after = layers(), config?: Record<string, Value>) {
    const made = edits.configured(edits.append(document(), layer, form(layer), after), config);
    finish(makeRoom(made.document, made.id, direction()), `add ${layer}`, [made.id]);
    return made.id;
  }

  /** A new layer at a place of the canvas; `source` is connected to it, or it to `target`. */
  function drop(layer: string, at: Place, { source, target }: Destination = {}, config?: Record<string, Value>) {
    const made = edits.configured(edits.addNode(placed(document()), layer, form(layer), at), config);
    const wired = source !== undefined ? edits.connect(made.document, source, made.id, form(layer)?.inputs ?? 1)
      : target !== undefined ? edits.connect(made.document, made.id, target, inputs(target)) : null;
    finish(wired?.document ?? made.document, `add ${layer}`, [made.id]);
    return made.id;
  }

  /** A new layer in the middle of a wire. */
  function insert(layer: string, edge: number, config?: Record<string, Value>) {
    if (form(layer)?.inputs === 0) return session.say(`${layer} is an entrance; it cannot stand in a wire`);
    const made = edits.configured(edits.insertOnEdge(document(), edge, layer, form(layer)), config);
    finish(makeRoom(made.document, made.id, direction()), `insert ${layer}`, [made.id]);
  }

  /** A layer that stands by itself, put into a wire. */
  function splice(id: string, edge: number) {
    const next = edits.splice(placed(document()), id, edge);
    finish(makeRoom(next, id, direction()), `put ${id} into a wire`, [id]);
  }

  function insertAtRow(layer: string, index: number, config?: Record<string, Value>) {
    const made = insertRow(document(), index, layer, form(layer));
    if (made === null) return;
    const whole = edits.configured(made, config);
    finish(makeRoom(whole.document, made.id, direction()), `insert ${layer}`, [made.id]);
  }

  return {
    act,
    append,
    drop,
    insert,
    splice,
    /** Whether a layer stands by itself and could stand in a wire. */
    isLoose: (id: string) => edits.node(document(), id) !== undefined && edits.isLoose(document(), id, inputs(id)),

    /** A new layer wherever the menu of layers was asked for. */
    addTo(layer: string, to: Destination, config?: Record<string, Value>) {
      const wire = document().edges.findIndex((edge) => edge.source === to.source && edge.target === to.target);
      if (to.row !== undefined) insertAtRow(layer, to.row, config);
      else if (wire >= 0) insert(layer, wire, config);
      else if (to.place !== undefined) drop(layer, to.place, to, config);
      else append(layer, to.sources ?? (to.source === undefined ? undefined : [to.source]), config);
    },

    /** Layers that fit a place, likeliest first; null where Python does not say. */
    async suggest({ source, target }: Destination): Promise<{ layers: Suggestion[]; others: Record<string, string> } | null> {
      const answer = await session.ask("suggest", { ...(source !== undefined && { source }), ...(target !== undefined && { target }) });
      return answer === null ? null : (answer as unknown as { layers: Suggestion[]; others: Record<string, string> });
    },

    moveRow(from: number, to: number) {
      const next = reorder(document(), from, to);
      if (next !== null) session.edit(next, `move ${chainOrder(document())?.[from]}`);
      else if (from !== to) session.say("the Input stays at the start");
    },

    remove(ids = view.store.get().nodes, edges = view.store.get().edges) {
      if (ids.length + edges.length === 0) return;
      const nodes = ids === view.store.get().nodes ? layers() : ids;
      const without = edits.removeNodes(edits.removeEdges(document(), edges), nodes);
      finish(removeNotes(without, ids), ids.length > 0 ? `delete ${plural(ids)}` : "delete wire", []);
    },

    replace: (id: string, layer: string, config?: Record<string, Value>) =>
      act([{ op: "replace", node: id, layer, ...(config && { config }) }], `replace ${id} by ${layer}`),

    connect: (source: string, target: string) =>
      settle(edits.connect(document(), source, target, inputs(target)), `connect ${source} to ${target}`),

    /** Why a wire cannot be: what Python said of the wire being drawn, else what can be seen from here. */
    refusal: (source: string, target: string) => edits.refusal(document(), source, target, inputs(target)),

    /** Asks Python where a wire from this end may go; its refusals are shown while the wire is drawn. */
    async startWire(end: { source: string } | { target: string }) {
      view.store.set({ refused: {} });
      const answer = await session.ask("wire", end);
      const ends = Object.entries((answer?.ends ?? {}) as Record<string, string | null>);
      view.store.set({ refused: Object.fromEntries(ends.filter((each): each is [string, string] => each[1] !== null)) });
    },

    setSources: (id: string, sources: string[]) =>
      settle(edits.setSources(document(), id, sources, inputs(id)), `rewire ${id}`),

    setField: (id: string, field: FieldForm, value: Value | undefined) =>
      session.edit(edits.setField(document(), id, field, value), `set ${field.name} of ${id}`),

    label: (id: string, key: "title" | "comment", text: string) =>
      session.edit(edits.label(document(), id, key, text), key === "title" ? `name ${id}` : `comment on ${id}`),

    share: (id: string, other: string | null) =>
      session.edit(edits.share(document(), id, other), other === null ? `separate ${id}` : `share ${other} with ${id}`),

    bypass(ids = layers()) {
      const on = ids.some((id) => edits.node(document(), id)?.bypass !== true);
      if (ids.length > 0) void act([{ op: "bypass", nodes: ids, on }], `${on ? "bypass" : "use"} ${plural(ids)}`);
    },

    freeze(ids = layers()) {
      const on = ids.some((id) => edits.node(document(), id)?.config?.trainable !== false);
      if (ids.length > 0) void act([{ op: "freeze", nodes: ids, on }], `${on ? "freeze" : "unfreeze"} ${plural(ids)}`);
    },

    mend: (fix: Fix) => void act(fix.operations, fix.label),

    template: (name: string) => act([{ op: "template", name }], `open ${name}`),
  };
}
