// Notes on the canvas: words for people, no part of the model.
import type { GraphDocument, Note } from "../shared/types";

const SIZE: [number, number] = [200, 110];

export const note = (document: GraphDocument, id: string) => document.notes?.find((each) => each.id === id);

function withNotes(document: GraphDocument, next: Note[]): GraphDocument {
  const { notes: _, ...rest } = document;
  return (next.length === 0 ? rest : { ...rest, notes: next }) as GraphDocument;
}

export function addNote(document: GraphDocument, position: [number, number], text = ""): { document: GraphDocument; id: string } {
  const taken = new Set([...document.nodes, ...(document.groups ?? []), ...(document.notes ?? [])].map((each) => each.id));
  let number = 1;
  while (taken.has(`note_${number}`)) number += 1;
  const id = `note_${number}`;
  return { document: withNotes(document, [...(document.notes ?? []), { id, text, position, size: SIZE }]), id };
}

export function changeNote(document: GraphDocument, id: string, change: Partial<Note>): GraphDocument {
  return withNotes(document, (document.notes ?? []).map((each) => (each.id === id ? { ...each, ...change } : each)));
}

export function removeNotes(document: GraphDocument, ids: string[]): GraphDocument {
  return document.notes === undefined ? document : withNotes(document, document.notes.filter((each) => !ids.includes(each.id)));
}
