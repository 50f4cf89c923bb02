// The control of one field; it calls back when a value stands, not at each key.
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import type { FieldForm, Value } from "./types";
import { parse, same, show } from "./values";

const PAUSE = 450; // milliseconds without a key after which what is typed counts

export interface ControlProps {
  form: FieldForm;
  /** What is set; undefined where the default holds. */
  value: Value | undefined;
  label: string;
  testid: string;
  wrong?: boolean;
  disabled?: boolean;
  tabIndex?: number;
  /** Whether there is room below for the reason of a refusal; else it is a tooltip. */
  roomy?: boolean;
  onChange: (value: Value | undefined) => void;
}

export function FieldControl(props: ControlProps) {
  if (props.form.control === "flag") return <Flag {...props} />;
  if (props.form.control === "choice") return <Choice {...props} />;
  return <Typed {...props} />;
}

const shared = ({ form, label, testid, wrong, disabled, tabIndex }: ControlProps) => ({
  tabIndex,
  "aria-label": label, "data-testid": testid, title: form.help || undefined, disabled, "aria-invalid": wrong || undefined,
});

function Flag(props: ControlProps) {
  const on = (props.value ?? props.form.default) === true;
  return (
    <input type="checkbox" className="hb-check nodrag" {...shared(props)} checked={on}
      onChange={(event) => props.onChange(event.target.checked)} />
  );
}

function Choice(props: ControlProps) {
  const { form } = props;
  const choices = form.choices ?? [];
  const value = props.value ?? form.default;
  const known = choices.includes(value as string | null);
  return (
    <select className="hb-input nodrag" {...shared(props)} value={known ? choices.indexOf(value as string) : -1}
      onChange={(event) => props.onChange(choices[Number(event.target.value)])}>
      {!known && <option value={-1}>{value === null ? "choose…" : String(value)}</option>}
      {choices.map((choice, index) => <option key={index} value={index}>{choice ?? "none"}</option>)}
    </select>
  );
}

function Typed(props: ControlProps) {
  const { form, onChange } = props;
  const value = props.value ?? (form.required ? undefined : form.default);
  const outside = show(value);
  const [text, setText] = useState(outside);
  const [reason, setReason] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typing = useRef(false);
  const list = useId();
  const words = useId();

  useEffect(() => {
    if (typing.current) return;
    setText(outside);
    setReason(null);
  }, [outside]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function settle(next: string, final: boolean) {
    clearTimeout(timer.current);
    const parsed = parse(form, next);
    if (final) typing.current = false;
    if (!parsed.ok) {
      if (final && next.trim() === "" && value !== undefined) onChange(undefined);
      return setReason(parsed.reason);
    }
    setReason(null);
    if (!same(parsed.value, value ?? null)) onChange(parsed.value);
    else if (final) setText(outside);
  }

  function change(next: string) {
    typing.current = true;
    setText(next);
    clearTimeout(timer.current);
    const known = form.control === "suggest" && (form.choices ?? []).includes(next);
    timer.current = setTimeout(() => settle(next, false), known ? 0 : PAUSE);
  }

  function key(event: KeyboardEvent) {
    if (event.key === "Enter") settle(text, true);
    if (event.key === "Escape") {
      typing.current = false;
      clearTimeout(timer.current);
      setText(outside);
      setReason(null);
    }
  }

  const numeric = form.control === "integer" || form.control === "number" || form.control === "fraction";
  return (
    <>
      <input
        type="text" className="hb-input nodrag" inputMode={numeric ? "decimal" : undefined} autoComplete="off" spellCheck={false}
        {...shared(props)} value={text} aria-invalid={props.wrong || reason !== null || undefined}
        aria-describedby={props.roomy && reason !== null ? words : undefined}
        title={reason ?? (form.help || undefined)} placeholder={form.required ? "needed" : form.default !== null ? "" : numeric ? "auto" : "none"}
        list={form.control === "suggest" ? list : undefined}
        onChange={(event) => change(event.target.value)} onBlur={() => typing.current && settle(text, true)} onKeyDown={key}
      />
      {form.control === "suggest" && (
        <datalist id={list}>
          {(form.choices ?? []).map((choice) => choice !== null && <option key={choice} value={choice} />)}
        </datalist>
      )}
      {props.roomy && reason !== null && <span className="hb-why" id={words} role="alert" data-testid={`${props.testid}-reason`}>{reason}</span>}
    </>
  );
}
