// The list's talk with Python: it asks for what is new while somebody can see it.
import type { Channel } from "../channel";
import { createStore, type Store } from "../shared/store";
import type { RunsState } from "../shared/types";

export interface Listed {
  state: RunsState | null;
  refused: string | null;
  /** The file that Python was asked to resume, until it answers. */
  resuming: string | null;
}

export interface RunsSession {
  store: Store<Listed>;
  send(type: string, content?: Record<string, unknown>): void;
  resume(path: string, options?: { other_data?: boolean; epochs?: number }): void;
  close(): void;
}

const LOOK = 1000; // milliseconds between two looks

export function openRuns(channel: Channel): RunsSession {
  const store = createStore<Listed>({ state: null, refused: null, resuming: null });
  const silence = channel.listen((message) => {
    if (message.type === "refused") store.set({ refused: String(message.message), resuming: null });
    if (message.type !== "state") return;
    const state = message as unknown as RunsState;
    const { state: before, resuming } = store.get();
    const answered = state.problem !== null || state.shown !== before?.shown;
    store.set({ state, resuming: answered ? null : resuming });
  });
  const timer = setInterval(() => document.visibilityState === "visible" && channel.send("look"), LOOK);
  const send = (type: string, content?: Record<string, unknown>) => {
    store.set({ refused: null });
    channel.send(type, content);
  };
  send("hello");
  return {
    store,
    send,
    resume(path, options = {}) {
      send("resume", { path, ...options });
      store.set({ resuming: path });
    },
    close() {
      clearInterval(timer);
      silence();
    },
  };
}
