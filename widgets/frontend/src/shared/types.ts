// What the browser and Python say to each other; docs/protocol.md in words.

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Shape = (number | null)[] | null;

export interface GraphNode {
  id: string;
  layer: string;
  config?: Record<string, Value>;
  position?: [number, number];
  shared_with?: string;
  title?: string;
  comment?: string;
  bypass?: boolean;
  [key: string]: unknown;
}

export interface Note {
  id: string;
  text: string;
  position: [number, number];
  size: [number, number];
}

export interface Group {
  id: string;
  nodes: string[];
  title?: string;
  collapsed?: boolean;
  repeat?: number;
}

export interface GraphEdge {
  source: string;
  target: string;
  [key: string]: unknown;
}

export interface GraphDocument {
  version: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
  outputs?: string[];
  notes?: Note[];
  groups?: Group[];
  [key: string]: unknown;
}

export type Control = "integer" | "number" | "fraction" | "choice" | "suggest" | "flag" | "sizes" | "text" | "layer";

export interface FieldForm {
  name: string;
  control: Control;
  required: boolean;
  default: Value;
  minimum: number | null;
  maximum: number | null;
  choices: (string | null)[] | null;
  help: string;
  advanced: boolean;
}

export interface LayerForm {
  name: string;
  family: string;
  summary: string;
  help: string;
  inputs: 0 | 1 | null;
  fields: FieldForm[];
  /** Its place among those most models have; null for the others. */
  usual?: number | null;
}

/** An edit that Python makes. */
export interface Operation {
  op: string;
  [key: string]: unknown;
}

export interface Fix {
  label: string;
  operations: Operation[];
}

export interface Trouble {
  message: string;
  field?: string | null;
  fixes?: Fix[];
}

export interface NodeReport {
  input: Shape[];
  output: Shape;
  parameters: number | null;
  share?: number | null;
  flops?: number | null;
  copies?: number;
  error: Trouble | null;
  warnings?: Trouble[];
}

export interface GroupReport {
  input: Shape;
  output: Shape;
  parameters: number | null;
  share?: number | null;
  flops?: number | null;
  copies?: number;
  error: Trouble | string | null;
}

export interface WireReport {
  source: string;
  target: string;
  error: string;
  fixes?: Fix[];
}

export interface Memory {
  batch_size: number;
  optimizer: string;
  weights: number;
  gradients: number;
  state: number;
  activations: number;
  workspace: number;
  total: number;
}

export interface Analysis {
  nodes: Record<string, NodeReport>;
  edges: WireReport[];
  groups?: Record<string, GroupReport>;
  parameters: number | null;
  trainable?: number | null;
  flops?: number | null;
  memory?: Memory | null;
  error: string | null;
}

export interface Problem {
  message: string;
  line: number | null;
}

export interface Training {
  batch_size: number;
  optimizer: string;
  loss: string | null;
}

export interface Weights {
  kept: number;
  reset: { node: string; weight: string; reason: string }[];
}

export interface Template {
  name: string;
  title: string;
  summary: string;
  data: string;
}

export interface Block {
  name: string;
  layers: string[];
}

export interface Catalog {
  layers: LayerForm[];
  templates?: Template[];
  blocks?: Block[];
  optimizers?: string[];
  losses?: string[];
}

/** A file of a model in the folder where the kernel works; modified in seconds since 1970. */
export interface ModelFile {
  name: string;
  bytes: number;
  modified: number;
}

export interface Suggestion {
  layer: string;
  config: Record<string, Value>;
  output: Shape;
}

export interface BuilderState {
  part: "builder";
  type: "state";
  revision: number;
  answers: number | null;
  document: GraphDocument;
  analysis: Analysis;
  code: string;
  undo: string | null;
  redo: string | null;
  problem: Problem | null;
  made?: string[];
  weights?: Weights | null;
  training?: Training;
}

/** "resumable" and "weights": of a training that is shown from its file. */
export type RunState = "waiting" | "running" | "paused" | "done" | "stopped" | "failed" | "resumable" | "weights";

export interface RunStatus {
  name: string;
  state: RunState;
  epoch: number;
  epochs: number;
  step: number;
  steps: number | null;
  eta: number | null;
  elapsed: number | null;
  throughput: number | null;
  learning_rate: number | null;
  device: string | null;
  file: string | null;
  error: Failure | null;
  values: Record<string, number | null>;
  /** What can be changed; only of a run of this kernel. */
  batch_size?: number;
  dropout?: Record<string, number>;
  layers?: Record<string, boolean>;
  parent?: { run: string; mark: string; step: number } | null;
  held?: HeldMark[];
  /** Only of a training that is shown from its file. */
  past?: PastRun;
  /** Whether Python wants the browser to tell when it ends; null leaves it to the reader. */
  notify?: boolean | null;
  target?: Target | null;
}

/** What went wrong, and what can be done: `back` to a good state, and `again` from there with other settings. */
export interface Failure {
  message: string;
  where: string | null;
  traceback: string;
  back: { name: string; step: number } | null;
  again: { label: string; settings: Record<string, Value> } | null;
}

/** What a metric is to reach; `epoch` is the one that did. */
export interface Target {
  metric: string;
  value: number;
  rises: boolean;
  epoch: number | null;
}

/** A state that a run can go back to. */
export interface HeldMark {
  name: string;
  step: number;
  epoch: number;
  loss: number | null;
}

export interface PastRun {
  path: string;
  held: HeldMark[];
}

/** A run of this kernel, in the list of runs. */
export interface LivingRow {
  name: string;
  state: RunState;
  epoch: number;
  epochs: number;
  step: number;
  loss: number | null;
  losses: (number | null)[];
  file: string | null;
}

/** A training in a file. `writer` is the run of this kernel that saves itself to it, or "another kernel". */
export interface FileRow {
  path: string;
  name: string;
  state: "resumable" | "running" | "done" | "weights";
  epoch: number;
  epochs: number;
  step: number;
  loss: number | null;
  losses: (number | null)[];
  date: number;
  code: string;
  writer: string | null;
}

export interface RunsState {
  part: "runs";
  type: "state";
  folder: string | null;
  data: boolean;
  reading: boolean;
  missing: string;
  problem: { path: string; message: string; other_data: boolean } | null;
  shown: string | null;
  /** The file that the monitor shows. */
  opened: string | null;
  /** The model that was loaded last, and the Python text that does it. */
  loaded: { path: string; mark: string | null; code: string } | null;
  living: LivingRow[];
  files: FileRow[];
}

export interface SeriesHeader {
  name: string;
  each: "batch" | "epoch";
  from: number;
  count: number;
  of?: "parent";
}

export interface Mark {
  step: number;
  label: string;
}

export interface PointsMessage {
  part: "monitor";
  type: "points";
  reset: boolean;
  series: SeriesHeader[];
  marks: Mark[];
}

export interface DataInfo {
  name: string;
  names: string[];
  training: number;
  test: number;
  input: Shape;
  classes: number | null;
  kind: string;
  pictures: { label: string; src: string }[];
}

export interface SettingForm extends FieldForm {
  value: Value;
}

export interface StudioState {
  part: "studio";
  type: "state";
  data: DataInfo;
  settings: SettingForm[];
  busy: string | null;
  message: { kind: "info" | "error"; text: string } | null;
  result: { loss: number | null; accuracy: number | null; samples: number } | null;
}
