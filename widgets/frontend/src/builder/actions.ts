// What a person can do to the model, from the canvas, the list, a menu or the keyboard alike.
import { arranging } from "./arranging";
import { clipping } from "./clipping";
import { editing } from "./editing";
import { grouping } from "./grouping";
import type { Session } from "./session";
import { createTools } from "./tools";
import type { View } from "./view";

export function createActions(session: Session, view: View) {
  const tools = createTools(session, view);
  const { form, inputs, layers, selected } = tools;
  return { form, inputs, layers, selected, ...editing(tools), ...arranging(tools), ...clipping(tools), ...grouping(tools) };
}

export type Actions = ReturnType<typeof createActions>;
