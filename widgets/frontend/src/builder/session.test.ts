import { expect, test } from "vitest";
import type { Incoming, Listener } from "../channel";
import type { GraphDocument } from "../shared/types";
import { openSession } from "./session";

function pair() {
  const sent: Incoming[] = [];
  let listener: Listener = () => undefined;
  const session = openSession({
    send: (type, content = {}) => sent.push({ part: "builder", type, ...content }) > 0,
    listen: (given) => ((listener = given), () => undefined),
  });
  const document = (name: string): GraphDocument => ({ version: 1, nodes: [{ id: name, layer: "Dense" }], edges: [] });
  const answer = (name: string, answers: unknown, problem: unknown = null, error: string | null = null) =>
    listener({
      part: "builder", type: "state", revision: 1, answers, document: document(name), code: name, undo: null, redo: null, problem,
      analysis: { nodes: {}, edges: [], parameters: 0, error },
    }, []);
  return { session, sent, document, answer, revision: () => sent.at(-1)!.revision, shown: () => session.store.get().document.nodes[0]?.id };
}

test("a view says hello first", () => {
  expect(pair().sent[0]?.type).toBe("hello");
});

test("an edit is drawn at once and then as it was answered", () => {
  const { session, document, answer, revision, shown } = pair();
  session.edit(document("mine"), "edit");
  expect(shown()).toBe("mine");
  answer("theirs", revision());
  expect(shown()).toBe("theirs");
});

test("an answer older than the last edit gives its analysis but not its document", () => {
  const { session, document, answer, revision, shown } = pair();
  session.edit(document("first"), "edit");
  const old = revision();
  session.edit(document("second"), "edit");
  answer("first", old, null, "told");
  expect(shown()).toBe("second");
  expect(session.store.get().analysis.error).toBe("told");
});

test("a refused edit goes back to the answered document and says why", () => {
  const { session, document, answer, revision, shown } = pair();
  answer("before", null);
  session.edit(document("bad"), "edit");
  answer("before", revision(), { message: "no", line: null });
  expect(shown()).toBe("before");
  expect(session.store.get().problem?.message).toBe("no");
});

test("what Python says unasked is drawn", () => {
  const { answer, shown } = pair();
  answer("new", null);
  expect(shown()).toBe("new");
});
