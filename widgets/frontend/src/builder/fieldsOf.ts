// Which fields a node shows on its face.
import type { FieldForm, GraphNode, LayerForm } from "../shared/types";

const MOST = 4;

/** The required fields, then the plain ones; flags only where they are set. */
export function keyFields(form: LayerForm | undefined, node: GraphNode): FieldForm[] {
  if (form === undefined || node.shared_with !== undefined) return [];
  const set = (field: FieldForm) => node.config?.[field.name] !== undefined;
  const named = (field: FieldForm) => field.control === "choice" || field.control === "suggest";
  const shown = form.fields.filter(
    (field) => field.required || set(field) || (!field.advanced && field.control !== "flag"),
  );
  const rank = (field: FieldForm) => (field.required ? 0 : set(field) ? 1 : named(field) ? 2 : 3);
  const kept = [...shown].sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
  return form.fields.filter((field) => kept.includes(field));
}
