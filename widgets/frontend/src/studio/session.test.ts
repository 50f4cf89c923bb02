import { expect, test } from "vitest";
import { openSession } from "../builder/session";
import type { Incoming, Listener } from "../channel";
import { forgiving, openStudio } from "./session";

function line() {
  let hear: Listener = () => undefined;
  const channel = { send: () => true, listen: (listener: Listener) => ((hear = listener), () => undefined) };
  return { channel, say: (message: object) => hear(message as Incoming, []) };
}

test("an error that was told is over once the model is edited, and news stay", () => {
  const [told, drawn] = [line(), line()];
  const [studio, builder] = [openStudio(told.channel), openSession(drawn.channel)];
  const stop = forgiving(studio, builder);
  const document = { version: 1, nodes: [{ id: "a", layer: "Dense" }], edges: [] };
  told.say({ type: "state", message: { kind: "error", text: "it has no output" } });
  builder.store.set({ waiting: true });
  expect(studio.store.get().message?.text).toBe("it has no output");
  builder.edit(document, "add a");
  expect(studio.store.get().message).toBeNull();
  told.say({ type: "state", message: { kind: "info", text: "run 1" } });
  builder.edit({ ...document, nodes: [] }, "delete a");
  expect(studio.store.get().message?.text).toBe("run 1");
  stop();
  builder.close();
});
