import { expect, test } from "vitest";
import { TextHistory } from "./textHistory";

test("what is typed without a pause is one step", () => {
  const history = new TextHistory("64");
  history.note("6", 0);
  history.note("", 100);
  history.note("3", 200);
  history.note("32", 2000);
  expect(history.step(true)).toBe("3");
  expect(history.step(true)).toBe("64");
  expect(history.step(true)).toBeNull();
  expect(history.step(false)).toBe("3");
  expect(history.step(false)).toBe("32");
  expect(history.step(false)).toBeNull();
});

test("typing after a step back forgets the steps forward", () => {
  const history = new TextHistory("a");
  history.note("ab", 0);
  history.step(true);
  history.note("ac", 5000);
  expect(history.step(false)).toBeNull();
  expect(history.step(true)).toBe("a");
});
