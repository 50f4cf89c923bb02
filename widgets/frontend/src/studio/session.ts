// The studio's own talk with Python.
import type { Session } from "../builder/session";
import type { Channel } from "../channel";
import { createStore, type Store } from "../shared/store";
import type { StudioState, Value } from "../shared/types";
import { same } from "../shared/values";

export interface Told {
  state: StudioState | null;
  message: StudioState["message"];
  /** What Python was last asked for and has not answered yet. */
  asked: string | null;
  /** How many requests were refused: a control then shows again what holds. */
  refusals: number;
}

export interface StudioSession {
  store: Store<Told>;
  set(name: string, value: Value): void;
  ask(type: "data" | "template" | "train" | "save" | "load", content?: Record<string, unknown>): void;
  /** The model was edited: an error that was told of it is over. */
  forgive(): void;
  close(): void;
}

/** Lets an error be over once the model is another. Returns the way to stop that. */
export function forgiving(studio: StudioSession, builder: Session): () => void {
  let before = builder.store.get().document;
  return builder.store.subscribe(() => {
    const { document } = builder.store.get();
    if (document === before) return;
    const edited = !same(document, before);
    before = document;
    if (edited) studio.forgive();
  });
}

export function openStudio(channel: Channel): StudioSession {
  const store = createStore<Told>({ state: null, message: null, asked: null, refusals: 0 });
  const silence = channel.listen((message) => {
    if (message.type === "state") {
      const state = message as unknown as StudioState;
      const before = store.get();
      const kept = before.message?.kind === "info" ? before.message : null; // an error is over, news stay
      const refusals = before.refusals + (state.message?.kind === "error" ? 1 : 0);
      store.set({ state, message: state.message ?? kept, asked: null, refusals });
    } else if (message.type === "refused") {
      store.set({ message: { kind: "error", text: String(message.message) }, asked: null });
    }
  });
  const dead = () => store.set({ message: { kind: "error", text: "The kernel no longer answers." }, asked: null });
  channel.send("hello");
  return {
    store,
    set(name, value) {
      if (!channel.send("set", { name, value })) dead();
    },
    ask(type, content) {
      store.set({ asked: type, message: null });
      if (!channel.send(type, content)) dead();
    },
    forgive: () => store.get().message?.kind === "error" && store.set({ message: null }),
    close: silence,
  };
}
