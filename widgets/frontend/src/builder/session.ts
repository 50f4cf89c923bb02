// The builder's side of the talk with Python: what is known, edits out, answers in.
import type { Channel, Incoming } from "../channel";
import { createStore, type Store } from "../shared/store";
import type { Analysis, BuilderState, GraphDocument, LayerForm, Problem } from "../shared/types";
import { EMPTY } from "./document";

export interface Known {
  ready: boolean;
  layers: LayerForm[];
  forms: Map<string, LayerForm>;
  document: GraphDocument;
  analysis: Analysis;
  code: string;
  undo: string | null;
  redo: string | null;
  problem: Problem | null;
  /** Whether that problem is of the code, not of an edit. */
  codeRefused: boolean;
  /** A refusal of the browser's own, in words. */
  notice: string | null;
  /** Whether Python still owes the answer to an edit of the code. */
  asking: boolean;
  silent: boolean;
}

export interface Session {
  store: Store<Known>;
  edit(document: GraphDocument, what: string): void;
  /** Draws a document that is not an edit yet. */
  preview(document: GraphDocument): void;
  code(text: string): void;
  undo(): void;
  redo(): void;
  say(notice: string | null): void;
  close(): void;
}

const PATIENCE = 8000; // milliseconds after which an answer is no longer awaited
const NOTHING: Analysis = { nodes: {}, edges: [], parameters: null, error: null };

export function openSession(channel: Channel): Session {
  const store = createStore<Known>({
    ready: false, layers: [], forms: new Map(), document: EMPTY, analysis: NOTHING, code: "", undo: null, redo: null,
    problem: null, codeRefused: false, notice: null, asking: false, silent: false,
  });
  // two views of one widget must not take each other's answers for their own
  let revision = Math.floor(Math.random() * 1e6) * 1000;
  let awaited: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function nextRevision() {
    revision += 1;
    awaited = revision;
    clearTimeout(timer);
    timer = setTimeout(() => {
      awaited = null;
      store.set({ silent: true, asking: false });
    }, PATIENCE);
    return revision;
  }

  function receiveState(message: BuilderState) {
    const { analysis, undo, redo } = message;
    if (awaited !== null && message.answers !== awaited) {
      store.set({ analysis, silent: false }); // an older document: its analysis is still the best there is
      return;
    }
    const mine = awaited !== null;
    if (mine) clearTimeout(timer);
    awaited = null;
    const problem = message.problem ?? (mine || message.answers === null ? null : store.get().problem);
    const codeRefused = problem !== null && store.get().asking;
    const { document, code } = message;
    store.set({ ready: true, codeRefused, document, analysis, code, undo, redo, problem, asking: false, silent: false });
  }

  function receive(message: Incoming) {
    if (message.type === "catalog") {
      const layers = (message as unknown as { layers: LayerForm[] }).layers;
      store.set({ layers, forms: new Map(layers.map((form) => [form.name, form])) });
    } else if (message.type === "state") {
      receiveState(message as unknown as BuilderState);
    } else if (message.type === "refused") {
      store.set({ notice: String(message.message), asking: false });
    }
  }

  const silence = channel.listen(receive);
  channel.send("hello");

  return {
    store,
    edit(document, what) {
      store.set({ document, problem: null, notice: null });
      const sent = channel.send("edit", { revision: nextRevision(), document, what });
      if (!sent) store.set({ silent: true });
    },
    preview: (document) => store.set({ document }),
    code(text) {
      store.set({ asking: true, notice: null });
      if (!channel.send("code", { revision: nextRevision(), text })) store.set({ silent: true, asking: false });
    },
    undo: () => void channel.send("undo"),
    redo: () => void channel.send("redo"),
    say: (notice) => store.set({ notice }),
    close() {
      clearTimeout(timer);
      silence();
    },
  };
}
