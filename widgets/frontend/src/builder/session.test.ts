import { expect, test } from "vitest";
import type { Incoming, Listener } from "../channel";
import type { Life } from "../life";
import type { GraphDocument } from "../shared/types";
import { openSession } from "./session";

function pair(line?: Life) {
  const sent: Incoming[] = [];
  let listener: Listener = () => undefined;
  const session = openSession({
    send: (type, content = {}) => sent.push({ part: "builder", type, ...content }) > 0,
    listen: (given) => ((listener = given), () => undefined),
  }, line);
  const document = (name: string): GraphDocument => ({ version: 1, nodes: [{ id: name, layer: "Dense" }], edges: [] });
  const hear = (message: object) => listener({ part: "builder", ...message } as Incoming, []);
  const answer = (name: string, answers: unknown, problem: unknown = null, error: string | null = null, made: string[] = []) =>
    listener({
      part: "builder", type: "state", revision: 1, answers, document: document(name), code: name, undo: null, redo: null, problem, made,
      analysis: { nodes: {}, edges: [], parameters: 0, error },
    }, []);
  return { session, sent, document, answer, hear, revision: () => sent.at(-1)!.revision, shown: () => session.store.get().document.nodes[0]?.id };
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

test("code is taken once Python says so, and not where another edit makes the refusal be over", () => {
  const { session, document, answer, revision } = pair();
  session.code("wrong");
  answer("before", revision(), { message: "no", line: 1 });
  expect(session.store.get()).toMatchObject({ codeRefused: true, codeTaken: false });
  session.edit(document("moved"), "move");
  answer("moved", revision());
  expect(session.store.get()).toMatchObject({ codeRefused: false, codeTaken: false });
  session.code("right");
  answer("new", revision());
  expect(session.store.get()).toMatchObject({ codeRefused: false, codeTaken: true });
});

test("a cut line is told at once, and no edit is taken until Python is heard again", () => {
  let cut = false;
  let check = () => undefined as void;
  const { session, sent, document, answer, shown } = pair({ isCut: () => cut, onLife: (listener) => ((check = listener), () => undefined) });
  answer("before", null);
  cut = true;
  check();
  expect(session.store.get().connected).toBe(false);
  const said = sent.length;
  session.edit(document("lost"), "edit");
  session.code("lost");
  session.tell("undo");
  expect([shown(), session.store.get().asking, sent.length]).toEqual(["before", false, said]);
  cut = false;
  check();
  expect(sent.at(-1)?.type).toBe("hello");
  answer("back", null);
  expect([shown(), session.store.get().connected]).toEqual(["back", true]);
  session.close();
});

test("undo and redo can be pressed, and are told, before an edit is answered", () => {
  const { session, document } = pair();
  const known = () => session.store.get();
  session.edit(document("mine"), "delete lstm_1");
  expect(known().undo).toBe("delete lstm_1");
  session.tell("undo");
  expect(known().said).toBe("undo delete lstm_1");
  expect(known().redo).toBe("delete lstm_1");
  session.tell("redo");
  expect(known().said).toBe("redo delete lstm_1");
  expect(known().undo).toBe("delete lstm_1");
});

test("an answer says what can be undone, whatever was guessed", () => {
  const { session, document, answer, revision } = pair();
  session.edit(document("mine"), "edit");
  answer("before", revision(), { message: "no", line: null });
  expect(session.store.get().undo).toBeNull();
});

test("what Python says unasked is drawn", () => {
  const { answer, shown } = pair();
  answer("new", null);
  expect(shown()).toBe("new");
});

test("what Python makes is told to whoever asked for it, and null where it was refused", async () => {
  const { session, answer, revision } = pair();
  const made = session.act([{ op: "insert", layer: "Dense" }], "insert");
  answer("new", revision(), null, null, ["dense_1"]);
  expect(await made).toEqual(["dense_1"]);
  const refused = session.act([{ op: "group", nodes: [] }], "group");
  answer("new", revision(), { message: "no", line: null });
  expect(await refused).toBeNull();
});

test("a question gets the answer that carries its number", async () => {
  const { session, sent, hear } = pair();
  const asked = session.ask("wire", { source: "a" });
  const number = sent.at(-1)!.ask as number;
  hear({ type: "wire", ask: number + 1, ends: { b: "another's" } });
  hear({ type: "wire", ask: number, ends: { b: null } });
  expect((await asked)!.ends).toEqual({ b: null });
});

test("a question that is refused has no answer, and is nobody's mistake", async () => {
  const { session, hear } = pair();
  const asked = session.ask("suggest", {});
  hear({ type: "refused", message: "no answer" });
  expect(await asked).toBeNull();
  expect(session.store.get().notice).toBeNull();
});
