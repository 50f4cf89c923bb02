// The builder's side of the talk with Python: what is known, edits out, answers in.
import type { Channel, Incoming } from "../channel";
import type { Life } from "../life";
import { createStore, type Store } from "../shared/store";
import type {
  Analysis, Block, BuilderState, Catalog, GraphDocument, LayerForm, Operation, Problem, Template, Training, Weights,
} from "../shared/types";
import { EMPTY } from "./document";

export interface Known {
  ready: boolean;
  layers: LayerForm[];
  forms: Map<string, LayerForm>;
  templates: Template[];
  blocks: Block[];
  optimizers: string[];
  losses: string[];
  document: GraphDocument;
  analysis: Analysis;
  code: string;
  undo: string | null;
  redo: string | null;
  /** What the forecast of memory assumes, and which weights the model keeps; null where Python has not said. */
  training: Training | null;
  weights: Weights | null;
  problem: Problem | null;
  /** Whether that problem is of the code, not of an edit. */
  codeRefused: boolean;
  /** Whether the code that Python was last asked to take was taken. */
  codeTaken: boolean;
  /** A refusal of the browser's own, in words. */
  notice: string | null;
  /** What was done that cannot be seen, in words. */
  news: string | null;
  /** What was edited last, in words, for who hears the builder. */
  said: string;
  /** Whether Python still owes the answer to an edit of the code. */
  asking: boolean;
  /** Whether an answer takes so long that it is worth saying. */
  waiting: boolean;
  silent: boolean;
  /** Whether the line to the kernel is whole; without it edits go nowhere, and none are taken. */
  connected: boolean;
}

export interface Session {
  store: Store<Known>;
  edit(document: GraphDocument, what: string): void;
  /** Draws a document that is not an edit yet. */
  preview(document: GraphDocument): void;
  /** Edits that Python makes, as one step. Resolves to the ids of the nodes made, or null where they were refused. */
  act(operations: Operation[], what: string): Promise<string[] | null>;
  /** The model of a file in place of this one. Resolves to null where it was refused. */
  open(path: string): Promise<string[] | null>;
  /** Asks Python a question of the canvas ("wire", "suggest", "text"); null where no answer comes. */
  ask(type: string, content: Record<string, unknown>): Promise<Incoming | null>;
  code(text: string): void;
  /** A message that is no step of the document: "undo", "save_block", "training"… */
  tell(type: string, content?: Record<string, unknown>): void;
  say(notice: string | null): void;
  /** Says what was done. */
  report(news: string): void;
  close(): void;
}

const PATIENCE = 8000; // milliseconds after which an answer is no longer awaited
const SLOW = 400; // and after which it is said that one is
const LOOK = 3000; // milliseconds between two looks whether the line is cut
const WHOLE: Life = { isCut: () => false, onLife: () => () => undefined };
const NOTHING: Analysis = { nodes: {}, edges: [], parameters: null, error: null };
const START: Known = {
  ready: false, layers: [], forms: new Map(), templates: [], blocks: [], optimizers: [], losses: [], document: EMPTY, analysis: NOTHING,
  code: "", undo: null, redo: null, training: null, weights: null, problem: null, codeRefused: false, codeTaken: false, notice: null, news: null, said: "",
  asking: false, waiting: false, silent: false, connected: true,
};

export function openSession(channel: Channel, { isCut, onLife }: Life = WHOLE): Session {
  const store = createStore<Known>(START);
  // two views of one widget must not take each other's answers for their own
  let revision = Math.floor(Math.random() * 1e6) * 1000;
  let awaited: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let slow: ReturnType<typeof setTimeout> | undefined;
  const acts = new Map<number, (made: string[] | null) => void>();
  const asks = new Map<number, (answer: Incoming | null) => void>();

  function nextRevision() {
    revision += 1;
    awaited = revision;
    clearTimeout(timer);
    clearTimeout(slow);
    slow = setTimeout(() => store.set({ waiting: true }), SLOW);
    timer = setTimeout(() => {
      awaited = null;
      store.set({ silent: true, asking: false, waiting: false });
    }, PATIENCE);
    return revision;
  }

  function send(type: string, content: Record<string, unknown>) {
    if (!store.get().connected) return;
    if (!channel.send(type, content)) lose();
  }

  function lose() {
    clearTimeout(timer);
    clearTimeout(slow);
    awaited = null;
    store.set({ connected: false, asking: false, waiting: false });
  }

  /** Asks for everything; what comes says that the line is whole. */
  function hello() {
    if (isCut() || !channel.send("hello")) lose();
  }

  function look() {
    if (isCut() === store.get().connected) hello();
  }

  function receiveState(message: BuilderState) {
    const { analysis, document, code, undo, redo, made, weights, training } = message;
    const finish = () => message.answers !== null && settle(acts, message.answers, message.problem === null ? made ?? [] : null);
    if (awaited !== null && message.answers !== awaited) {
      store.set({ analysis, silent: false }); // an older document: its analysis is still the best there is
      return finish();
    }
    const mine = awaited !== null;
    clearTimeout(timer);
    clearTimeout(slow);
    awaited = null;
    const problem = message.problem ?? (mine || message.answers === null ? null : store.get().problem);
    const codeRefused = problem !== null && (store.get().asking || (!mine && store.get().codeRefused));
    const codeTaken = mine && store.get().asking ? problem === null : store.get().codeTaken;
    store.set({
      ready: true, codeRefused, codeTaken, document, analysis, code, undo, redo, problem, weights: weights ?? null, training: training ?? null,
      asking: false, waiting: false, silent: false,
    });
    finish();
  }

  function receive(message: Incoming) {
    if (!store.get().connected && !isCut()) store.set({ connected: true });
    if (message.type === "catalog") {
      const { layers, templates = [], blocks = [], optimizers = [], losses = [] } = message as unknown as Catalog;
      store.set({ layers, templates, blocks, optimizers, losses, forms: new Map(layers.map((form) => [form.name, form])) });
    } else if (message.type === "state") {
      receiveState(message as unknown as BuilderState);
    } else if (message.type === "refused") {
      if (asks.size > 0) return asks.forEach((_, number) => settle(asks, number, null)); // a question without an answer is nobody's mistake
      store.set({ notice: String(message.message), asking: false });
    } else if (typeof message.ask === "number") {
      settle(asks, message.ask, message);
    }
  }

  /** A change that Python makes. */
  function change(type: string, content: Record<string, unknown>, said: string): Promise<string[] | null> {
    if (!store.get().connected) return Promise.resolve(null);
    const number = nextRevision();
    store.set({ problem: null, notice: null, news: null, said, undo: said, redo: null });
    send(type, { revision: number, ...content });
    return promised(acts, number);
  }

  const silence = channel.listen(receive);
  const forget = onLife(hello);
  const looking = setInterval(look, LOOK);
  hello();

  return {
    store,
    edit(document, what) {
      if (!store.get().connected) return;
      store.set({ document, problem: null, notice: null, news: null, said: what, undo: what, redo: null });
      send("edit", { revision: nextRevision(), document, what });
    },
    preview: (document) => store.get().connected && store.set({ document }),
    act: (operations, what) => change("do", { operations, what }, what),
    open: (path) => change("open", { path }, `open ${path}`),
    ask(type, content) {
      if (!store.get().connected) return Promise.resolve(null);
      revision += 1;
      send(type, { ...content, ask: revision });
      return promised(asks, revision);
    },
    code(text) {
      if (!store.get().connected) return;
      store.set({ asking: true, codeTaken: false, notice: null });
      send("code", { revision: nextRevision(), text });
    },
    tell(type, content = {}) {
      if (!store.get().connected) return;
      const { undo, redo } = store.get(); // what comes after is known with the answer; a key pressed before it must not go astray
      if (type === "undo") store.set({ said: `undo ${undo ?? ""}`, news: null, undo: "", redo: undo });
      if (type === "redo") store.set({ said: `redo ${redo ?? ""}`, news: null, undo: redo, redo: "" });
      send(type, content);
    },
    say: (notice) => store.set({ notice, news: null }),
    report: (news) => store.set({ news, notice: null }),
    close() {
      clearTimeout(timer);
      clearTimeout(slow);
      clearInterval(looking);
      forget();
      silence();
    },
  };
}

/** An answer to come under a number; null when it does not come. */
function promised<T>(waiting: Map<number, (value: T | null) => void>, number: number): Promise<T | null> {
  return new Promise((resolve) => {
    waiting.set(number, resolve);
    setTimeout(() => settle(waiting, number, null), PATIENCE);
  });
}

function settle<T>(waiting: Map<number, (value: T | null) => void>, number: number, value: T | null) {
  waiting.get(number)?.(value);
  waiting.delete(number);
}
