// What only this view knows: what is selected, which way the model flows, which tab and which menu are open.
import { createStore, type Store } from "../shared/store";
import type { Direction, Place, Places, Size } from "./layout";

export type Tab = "canvas" | "list" | "code";

/** A point of the builder, in pixels from its upper left corner. */
export interface Spot {
  x: number;
  y: number;
}

/** Where a new layer goes: to a place, after a node, into a wire, or as a row of the list. */
export interface Destination {
  place?: Place;
  source?: string;
  /** All that are selected, where it goes after several: a layer that merges reads all of them. */
  sources?: string[];
  target?: string;
  row?: number;
}

export type Popover =
  | { kind: "add"; at: Spot; to: Destination }
  | { kind: "replace"; at: Spot; node: string }
  | { kind: "connect"; at: Spot; source: string }
  | { kind: "find"; at: Spot }
  | { kind: "open"; at: Spot }
  | { kind: "save"; at: Spot }
  | { kind: "menu"; at: Spot; on: MenuTarget }
  | { kind: "name"; at: Spot; what: NameWhat; id: string }
  | { kind: "help" };

export type MenuTarget = "canvas" | "layer" | "group" | "note" | "wire";
export type NameWhat = "title" | "comment" | "group" | "repeat" | "block";

export interface ViewState {
  tab: Tab;
  /** Ids of what is selected: nodes, groups, notes. */
  nodes: string[];
  edges: number[];
  direction: Direction;
  popover: Popover | null;
  /** Whether the map is shown; null: where it helps. */
  map: boolean | null;
  /** Counts the changes whose movement is to be seen. */
  glide: number;
  /** Where the wire being drawn may not end, with the reason. */
  refused: Record<string, string>;
}

export interface Draft {
  text: string;
  /** The text that Python was last asked to take. */
  tried: string | null;
  code: string;
}

export interface View {
  store: Store<ViewState>;
  /** The measured size of each node on the canvas. */
  sizes: Map<string, Size>;
  /** Where each node stands on the screen, whether the document says so or not. */
  places: Places;
  /** What the canvas showed when it was last on the screen; null before. */
  viewport: { x: number; y: number; zoom: number } | null;
  /** What was typed as code and is not the model's yet, with the code that it was typed over. */
  draft: Draft | null;
  select(nodes: string[], edges?: number[]): void;
  open(popover: Popover | null): void;
  glide(): void;
}

export function createView(): View {
  const store = createStore<ViewState>({
    tab: "canvas", nodes: [], edges: [], direction: "LR", popover: null, map: null, glide: 0, refused: {},
  });
  const select = (nodes: string[], edges: number[] = []) => {
    const now = store.get();
    if (now.nodes.join("\n") === nodes.join("\n") && now.edges.join() === edges.join()) return;
    store.set({ nodes, edges });
  };
  return {
    store, sizes: new Map(), places: new Map(), viewport: null, draft: null, select,
    open: (popover) => store.set({ popover }),
    glide: () => store.set({ glide: store.get().glide + 1 }),
  };
}
