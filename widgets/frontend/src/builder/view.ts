// What only this view knows: what is selected, which way the model flows, which tab is open.
import { createStore, type Store } from "../shared/store";
import type { Direction, Places, Size } from "./layout";

export type Tab = "canvas" | "list" | "code";

export interface ViewState {
  tab: Tab;
  nodes: string[];
  edges: number[];
  direction: Direction;
}

export interface View {
  store: Store<ViewState>;
  /** The measured size of each node on the canvas. */
  sizes: Map<string, Size>;
  /** Where each node stands on the screen, whether the document says so or not. */
  places: Places;
  select(nodes: string[], edges?: number[]): void;
}

export function createView(): View {
  const store = createStore<ViewState>({ tab: "canvas", nodes: [], edges: [], direction: "LR" });
  const select = (nodes: string[], edges: number[] = []) => {
    const now = store.get();
    if (now.nodes.join("\n") === nodes.join("\n") && now.edges.join() === edges.join()) return;
    store.set({ nodes, edges });
  };
  return { store, sizes: new Map(), places: new Map(), select };
}
