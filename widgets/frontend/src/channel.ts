// The line to Python: messages of one part out, messages of that part in.

export interface Model {
  get(name: string): unknown;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, callback: (...values: never[]) => void): void;
  off(event: string, callback: (...values: never[]) => void): void;
}

export interface Incoming {
  part: string;
  type: string;
  [key: string]: unknown;
}

export type Listener = (message: Incoming, buffers: DataView[]) => void;

export interface Channel {
  /** Says something to Python. False where the line is dead. */
  send(type: string, content?: Record<string, unknown>): boolean;
  /** Calls back for each message of this part; returns the way to stop that. */
  listen(listener: Listener): () => void;
}

export function channel(model: Model, part: string): Channel {
  return {
    send(type, content = {}) {
      try {
        model.send({ ...content, part, type });
        return true;
      } catch {
        return false;
      }
    },
    listen(listener) {
      const receive = (message: Incoming, buffers?: DataView[]) => {
        if (message !== null && typeof message === "object" && message.part === part) listener(message, buffers ?? []);
      };
      model.on("msg:custom", receive);
      return () => model.off("msg:custom", receive);
    },
  };
}
