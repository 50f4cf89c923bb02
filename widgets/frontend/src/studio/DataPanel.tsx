// The data: which, how much, and what it looks like.
import { count, shape } from "../shared/format";
import type { DataInfo } from "../shared/types";

interface Props {
  data: DataInfo;
  disabled: boolean;
  onChoose: (name: string) => void;
}

export function DataPanel({ data, disabled, onChoose }: Props) {
  const names = data.names.includes(data.name) ? data.names : [data.name, ...data.names];
  return (
    <section className="hb-card" aria-label="Data">
      <header className="hb-card-head">
        <h3>Data</h3>
        <select className="hb-input" aria-label="data set" data-testid="data" disabled={disabled} value={data.name} onChange={(event) => onChoose(event.target.value)}>
          {names.map((name) => <option key={name}>{name}</option>)}
        </select>
      </header>
      <dl className="hb-run-facts">
        <div><dt>training</dt><dd className="hb-figures">{count(data.training)}</dd></div>
        <div><dt>test</dt><dd className="hb-figures">{count(data.test)}</dd></div>
        <div><dt>input</dt><dd className="hb-figures">{shape(data.input)}</dd></div>
        {data.classes !== null && <div><dt>classes</dt><dd className="hb-figures">{count(data.classes)}</dd></div>}
      </dl>
      {data.pictures.length > 0 && (
        <ul className={data.pictures.some((picture) => picture.label !== "") ? "hb-samples" : "hb-samples hb-samples-bare"} aria-label="Some samples">
          {data.pictures.map((picture, index) => (
            <li key={index}>
              <img src={picture.src} alt={picture.label === "" ? "a sample" : `a sample of ${picture.label}`} />
              <span className="hb-figures">{picture.label}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
