// The names of keys: "Mod+Shift+Z", "Delete", "?". Mod is Ctrl, or ⌘ on a Mac.

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const parts = (name: string) => name.split(/\+(?=.)/);

/** Whether a press is of the key of this name. A sign such as "?" needs no Shift in its name: where it lies differs. */
export function isKey(press: Press, name: string): boolean {
  const [key, ...held] = parts(name).reverse();
  const modifier = press.ctrlKey || press.metaKey;
  if (modifier !== held.includes("Mod") || press.altKey !== held.includes("Alt")) return false;
  const sign = key!.length === 1 && !/[a-z]/i.test(key!);
  return (sign || press.shiftKey === held.includes("Shift")) && press.key.toLowerCase() === key!.toLowerCase();
}

const SPOKEN: Record<string, string> = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", ContextMenu: "Menu", " ": "Space", "-": "−",
};
const MAC: Record<string, string> = { Mod: "⌘", Shift: "⇧", Alt: "⌥" };

/** A key as it is shown: "Ctrl Shift Z", or "⌘ ⇧ Z" on a Mac. */
export function spoken(name: string, mac = onMac()): string {
  const word = (part: string) => (mac ? MAC[part] : part === "Mod" ? "Ctrl" : undefined) ?? SPOKEN[part] ?? part;
  return parts(name).map(word).join(" ");
}

export const onMac = () => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform ?? "");
