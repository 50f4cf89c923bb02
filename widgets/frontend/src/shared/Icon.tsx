// Small line pictures, drawn in the colour of the text.
const PATHS = {
  folder: "M2 4h4.5l1.5 2h6v7H2zM2 6.5h12",
  save: "M2.5 2.5h9l2 2v9h-11zM5 2.5V6h5.5V2.5M4.5 13.5V9h7v4.5",
  undo: "M6 4 2.5 7.5 6 11M2.5 7.5H10a3.5 3.5 0 0 1 0 7H7",
  redo: "M10 4l3.5 3.5L10 11M13.5 7.5H6a3.5 3.5 0 0 0 0 7h3",
  tidy: "M2.5 3h4v4h-4zM9.5 9h4v4h-4zM6.5 5h3a2 2 0 0 1 2 2v2",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  delete: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v4M9.2 7v4",
  plus: "M8 3v10M3 8h10",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  right: "M2.5 8h10M9 4.5 12.5 8 9 11.5",
  below: "M8 2.5v10M4.5 9 8 12.5 11.5 9",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 14 14",
  play: "M5 3.2v9.6l7.5-4.8z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  step: "M4 3.5v9l6-4.5zM12 3.5v9",
  stop: "M4 4h8v8H4z",
  close: "M4 4l8 8M12 4l-8 8",
  grip: "M6 4v.01M10 4v.01M6 8v.01M10 8v.01M6 12v.01M10 12v.01",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.5v.01",
  note: "M3 2.5h10v7.5L9.5 13.5H3zM13 10H9.5v3.5",
  group: "M2.5 2.5h11v11h-11zM5 5h3v3H5zM8.5 8.5h2.5V11H8.5z",
  swap: "M3 5.5h9M9.5 3 12 5.5 9.5 8M13 10.5H4M6.5 8 4 10.5 6.5 13",
  more: "M3.5 8v.01M8 8v.01M12.5 8v.01",
  help: "M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M8 12v.01",
  lock: "M4.5 7.5h7v6h-7zM6 7.5V5a2 2 0 0 1 4 0v2.5",
  comment: "M2.5 3h11v8H8l-3 2.5V11H2.5z",
  open: "M3 6.5 8 11l5-4.5",
  shut: "M6.5 3 11 8l-4.5 5",
  panel: "M2.5 3h11v10h-11zM10 3v10",
  wrench: "M13.3 4.2a3.2 3.2 0 0 1-4.2 4.1L4.9 12.6a1.3 1.3 0 0 1-1.8-1.8l4.3-4.2a3.2 3.2 0 0 1 4.1-4.2L9.6 4.3l.4 1.7 1.7.4z",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="hb-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
