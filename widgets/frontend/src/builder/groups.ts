// Groups of nodes in the document: who is in which, and what an edit elsewhere means for them.
import type { GraphDocument, Group } from "../shared/types";

const groups = (document: GraphDocument): Group[] => document.groups ?? [];

export const group = (document: GraphDocument, id: string) => groups(document).find((each) => each.id === id);
export const groupOf = (document: GraphDocument, node: string) => groups(document).find((each) => each.nodes.includes(node));

/** The nodes that a selection means: a group stands for all in it. */
export function members(document: GraphDocument, ids: string[]): string[] {
  const nodes = new Set(document.nodes.map((each) => each.id));
  return [...new Set(ids.flatMap((id) => group(document, id)?.nodes ?? (nodes.has(id) ? [id] : [])))];
}

/** The id under which a node is drawn: its own, or that of the collapsed group it is in. */
export function shownAs(document: GraphDocument, node: string): string {
  const found = groupOf(document, node);
  return found?.collapsed === true ? found.id : node;
}

function withGroups(document: GraphDocument, next: Group[]): GraphDocument {
  const { groups: _, ...rest } = document;
  return (next.length === 0 ? rest : { ...rest, groups: next }) as GraphDocument;
}

/** The document without the members that are gone, and without groups that are empty then. */
export function tidyGroups(document: GraphDocument): GraphDocument {
  if (document.groups === undefined) return document;
  const there = new Set(document.nodes.map((each) => each.id));
  const kept = groups(document).map((each) => ({ ...each, nodes: each.nodes.filter((id) => there.has(id)) }));
  return withGroups(document, kept.filter((each) => each.nodes.length > 0));
}

/** A new node between two of one group belongs to that group; one at the end of an open group does not. */
export function join(document: GraphDocument, id: string, neighbours: string[]): GraphDocument {
  const home = neighbours.length < 2 ? undefined : groupOf(document, neighbours[0]!);
  if (home === undefined || !neighbours.every((each) => home.nodes.includes(each))) return document;
  return changeGroup(document, home.id, { nodes: [...home.nodes, id] });
}

export function changeGroup(document: GraphDocument, id: string, change: Partial<Group>): GraphDocument {
  const next = groups(document).map((each) => (each.id === id ? bare({ ...each, ...change }) : each));
  return withGroups(document, next);
}

/** Without what says nothing: no title, not collapsed. */
function bare(one: Group): Group {
  const { title, collapsed, ...rest } = one;
  return { ...rest, ...(title && { title }), ...(collapsed && { collapsed }) };
}

/** The name of a group, for people. */
export const groupTitle = (one: Group) => one.title ?? one.id;
