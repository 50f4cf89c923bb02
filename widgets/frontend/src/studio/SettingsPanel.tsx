// How to train.
import { FieldControl } from "../shared/FieldControl";
import type { SettingForm, Value } from "../shared/types";

interface Props {
  settings: SettingForm[];
  disabled: boolean;
  /** Whether a run works, which takes no notice of them any more. */
  running: boolean;
  onSet: (name: string, value: Value) => void;
}

export function SettingsPanel({ settings, disabled, running, onSet }: Props) {
  const shown = (advanced: boolean) => settings.filter((form) => form.advanced === advanced).map((form) => (
    <label className="hb-setting" key={form.name} title={form.help}>
      <span>{form.name.replaceAll("_", " ")}</span>
      <FieldControl
        form={form} value={form.value} label={form.name.replaceAll("_", " ")} testid={`setting-${form.name}`} disabled={disabled} roomy
        onChange={(value) => onSet(form.name, value === undefined ? form.default : value)}
      />
    </label>
  ));
  const more = shown(true);
  return (
    <section className="hb-card" aria-label="Training settings">
      <header className="hb-card-head"><h3>Training</h3>{running && <span className="hb-quiet" data-testid="settings-next">for the next run; change this one in the monitor below</span>}</header>
      <div className="hb-settings">{shown(false)}</div>
      {more.length > 0 && <details className="hb-fold"><summary>Advanced</summary><div className="hb-settings">{more}</div></details>}
    </section>
  );
}
