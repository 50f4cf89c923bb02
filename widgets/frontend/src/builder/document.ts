// Edits of the graph document: each takes a document and gives a new one; nothing is changed in place.
import { same } from "../shared/values";
import { join, tidyGroups } from "./groups";
import type { FieldForm, GraphDocument, GraphEdge, GraphNode, LayerForm, Value } from "../shared/types";

export type Made = { document: GraphDocument; id: string };
export type Checked = { document: GraphDocument; reason: null } | { document: null; reason: string };

export const EMPTY: GraphDocument = { version: 1, nodes: [], edges: [] };

export const node = (document: GraphDocument, id: string) => document.nodes.find((each) => each.id === id);
export const into = (document: GraphDocument, id: string) => document.edges.filter((edge) => edge.target === id);
export const outOf = (document: GraphDocument, id: string) => document.edges.filter((edge) => edge.source === id);

/** "conv2d_1" for the first Conv2D: the layer's name in lower case and a number nobody has. */
export function newId(document: GraphDocument, layer: string): string {
  const taken = new Set(document.nodes.map((each) => each.id));
  const stem = layer.toLowerCase().replace(/[^a-z0-9_]+/g, "_");
  let number = 1;
  while (taken.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

/** Whether a wire path leads from one node to another. */
export function reaches(document: GraphDocument, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...outOf(document, id).map((edge) => edge.target));
  }
  return false;
}

/** The document with its `outputs` replaced; an empty list leaves it to the default. */
function withOutputs(document: GraphDocument, outputs: string[] | undefined): GraphDocument {
  const { outputs: _, ...rest } = document;
  return (outputs === undefined || outputs.length === 0 ? rest : { ...rest, outputs }) as GraphDocument;
}

/** Fields of a new layer that must have a value, with the usual one where there is such a thing. */
const USUAL: Record<string, Value> = {
  "units:integer": 64, "filters:integer": 32, "kernel_size:sizes": [3, 3], "kernel_size:integer": 3,
  "pool_size:sizes": [2, 2], "rate:fraction": 0.5, "rate:number": 0.5, "activation:suggest": "relu",
};

export function startingConfig(form: LayerForm | undefined): Record<string, Value> {
  const needed = (form?.fields ?? []).filter((field) => field.required);
  const usual = needed.flatMap((field) => {
    const value = USUAL[`${field.name}:${field.control}`];
    return value === undefined ? [] : [[field.name, value] as const];
  });
  return Object.fromEntries(usual);
}

/** A new node without wires. */
export function addNode(document: GraphDocument, layer: string, form?: LayerForm, position?: [number, number]): Made {
  const id = newId(document, layer);
  const made: GraphNode = { id, layer, config: startingConfig(form), ...(position && { position }) };
  return { document: { ...document, nodes: [...document.nodes, made] }, id };
}

/** A new node with some settings of its own. */
export function configured(made: Made, config: Record<string, Value> | undefined): Made {
  if (config === undefined) return made;
  return { ...made, document: change(made.document, made.id, (each) => ({ ...each, config: { ...each.config, ...config } })) };
}

/** The node to append to when none is selected: the last that nobody reads. */
export function last(document: GraphDocument): string | undefined {
  return document.nodes.filter((each) => outOf(document, each.id).length === 0).at(-1)?.id ?? document.nodes.at(-1)?.id;
}

/** A new node after others: between one and all that read it, else at the end. An Input goes before what has no source. */
export function append(
  document: GraphDocument, layer: string, form: LayerForm | undefined, after: string[] = [], position?: [number, number],
): Made {
  const made = addNode(document, layer, form, position);
  if (form?.inputs === 0) return { ...made, document: feedHeads(document, made) };
  const end = last(document);
  const sources = after.length > 0 ? after : end === undefined ? [] : [end];
  const readers = sources.length === 1 ? outOf(document, sources[0]!) : [];
  if (readers.length > 0) return spliceAfter(document, made, sources[0]!, readers);
  const used = form?.inputs === null ? sources : sources.slice(-1);
  const edges = [...document.edges, ...used.map((source) => ({ source, target: made.id }))];
  const ended = used.filter((source) => outOf(document, source).length === 0);
  const outputs = document.outputs?.map((id) => (ended.includes(id) ? made.id : id));
  return { ...made, document: withOutputs({ ...made.document, edges }, outputs && [...new Set(outputs)]) };
}

/** A new Input feeds the only node without a source, if there is just one and no other Input. */
function feedHeads(before: GraphDocument, made: Made): GraphDocument {
  const heads = before.nodes.filter((each) => into(before, each.id).length === 0);
  if (heads.length !== 1 || heads[0]!.layer === "Input") return made.document;
  const nodes = [made.document.nodes.at(-1)!, ...before.nodes];
  return { ...made.document, nodes, edges: [{ source: made.id, target: heads[0]!.id }, ...before.edges] };
}

/** A new node between another and all that read it; the order of their inputs stays. */
function spliceAfter(document: GraphDocument, made: Made, source: string, readers: GraphEdge[]): Made {
  const edges = document.edges.map((edge) => (edge.source === source ? { ...edge, source: made.id } : edge));
  const first = document.edges.indexOf(readers[0]!);
  edges.splice(first, 0, { source, target: made.id });
  return { ...made, document: join({ ...made.document, edges }, made.id, [source, ...readers.map((edge) => edge.target)]) };
}

/** A new node in the middle of a wire; the order of the target's inputs stays. */
function spliceInto(document: GraphDocument, made: Made, wire: GraphEdge): Made {
  const edges = document.edges.flatMap((edge) =>
    edge === wire ? [{ source: wire.source, target: made.id }, { ...wire, source: made.id }] : [edge],
  );
  return { ...made, document: join({ ...made.document, edges }, made.id, [wire.source, wire.target]) };
}

export function insertOnEdge(
  document: GraphDocument, index: number, layer: string, form: LayerForm | undefined, position?: [number, number],
): Made {
  const made = addNode(document, layer, form, position);
  const wire = document.edges[index];
  return wire === undefined || form?.inputs === 0 ? made : spliceInto(document, made, wire);
}

/** Whether a node has no wire yet, and could stand in one. */
export function isLoose(document: GraphDocument, id: string, inputs: number | null): boolean {
  return inputs !== 0 && !document.edges.some((edge) => edge.source === id || edge.target === id);
}

/** A node that has no wires put into one. */
export function splice(document: GraphDocument, id: string, index: number): GraphDocument {
  const wire = document.edges[index];
  return wire === undefined ? document : spliceInto(document, { document, id }, wire).document;
}

/** The document without some nodes. One with a single input leaves its readers to that input. */
export function removeNodes(document: GraphDocument, ids: string[]): GraphDocument {
  return tidyGroups(ids.reduce(removeNode, document));
}

function removeNode(document: GraphDocument, id: string): GraphDocument {
  const gone = node(document, id);
  if (gone === undefined) return document;
  const sources = into(document, id);
  const bridge = sources.length === 1 ? sources[0]!.source : null;
  const edges = document.edges.flatMap((edge) => {
    if (edge.target === id) return [];
    if (edge.source !== id) return [edge];
    return bridge === null ? [] : [{ ...edge, source: bridge }];
  });
  const nodes = inherit(document.nodes, gone).filter((each) => each.id !== id);
  return withOutputs({ ...document, nodes, edges }, document.outputs?.filter((each) => each !== id));
}

/** Those that shared the layer of a node that goes: the first takes its config over, the others share with that one. */
function inherit(nodes: GraphNode[], gone: GraphNode): GraphNode[] {
  const heir = nodes.find((each) => each.shared_with === gone.id);
  if (heir === undefined) return nodes;
  return nodes.map((each) => {
    if (each.shared_with !== gone.id) return each;
    if (each !== heir) return { ...each, shared_with: heir.id };
    const { shared_with: _, ...own } = each;
    return { ...own, config: { ...gone.config } };
  });
}

export function removeEdges(document: GraphDocument, indices: number[]): GraphDocument {
  return { ...document, edges: document.edges.filter((_, index) => !indices.includes(index)) };
}

/** Why a wire cannot be, or null. `inputs`: how many the target takes (null: any number). */
export function refusal(document: GraphDocument, source: string, target: string, inputs: number | null): string | null {
  if (source === target) return `${source} cannot read itself`;
  if (inputs === 0) return `${target} is an entrance; it takes no wire`;
  if (reaches(document, target, source)) return `a wire from ${source} to ${target} would close a circle`;
  const known = document.edges.some((edge) => edge.source === source && edge.target === target);
  return known && inputs === 1 ? `${target} reads ${source} already` : null;
}

/** A new wire; a node that takes one input gets the new one in place of the old. */
export function connect(document: GraphDocument, source: string, target: string, inputs: number | null): Checked {
  const reason = refusal(document, source, target, inputs);
  if (reason !== null) return { document: null, reason };
  const kept = inputs === 1 ? document.edges.filter((edge) => edge.target !== target) : document.edges;
  return { document: { ...document, edges: [...kept, { source, target }] }, reason: null };
}

/** All wires into a node, in order; the others stay as they are. */
export function setSources(document: GraphDocument, id: string, sources: string[], inputs: number | null): Checked {
  const start: Checked = { document: { ...document, edges: document.edges.filter((edge) => edge.target !== id) }, reason: null };
  return sources.reduce<Checked>((so, source) => (so.reason === null ? connect(so.document, source, id, inputs) : so), start);
}

/** One field of a node; `config` keeps only what differs from the default. */
export function setField(document: GraphDocument, id: string, field: FieldForm, value: Value | undefined): GraphDocument {
  return change(document, id, (each) => {
    const config = { ...each.config };
    const usual = !field.required && same(value, field.default);
    if (value === undefined || usual) delete config[field.name];
    else config[field.name] = value;
    return { ...each, config };
  });
}

/** What a person calls a node, or writes beside it; an empty text takes it away. */
export function label(document: GraphDocument, id: string, key: "title" | "comment", text: string): GraphDocument {
  return change(document, id, (each) => {
    const { [key]: _, ...rest } = each;
    return text.trim() === "" ? rest : { ...rest, [key]: key === "title" ? text.trim() : text };
  });
}

/** Whose layer and weights a node uses: another's, or its own again (null), with the config it shared. */
export function share(document: GraphDocument, id: string, other: string | null): GraphDocument {
  return change(document, id, (each) => {
    if (other !== null) return { ...each, config: {}, shared_with: other };
    const { shared_with: shared, ...own } = each;
    return { ...own, config: { ...(node(document, shared ?? "") ?? each).config } };
  });
}

export function moveNodes(document: GraphDocument, positions: Map<string, [number, number]>): GraphDocument {
  const moved = (each: GraphNode) => {
    const position = positions.get(each.id);
    return position === undefined ? each : { ...each, position };
  };
  return { ...document, nodes: document.nodes.map(moved) };
}

function change(document: GraphDocument, id: string, edit: (node: GraphNode) => GraphNode): GraphDocument {
  return { ...document, nodes: document.nodes.map((each) => (each.id === id ? edit(each) : each)) };
}
