// What is looked for by a few letters: the names that match best first, then what only its description matches.

export interface Findable {
  name: string;
  /** More words to find it by. */
  words?: string;
  /** How often it is used: of two that match alike, the one used more comes first. */
  use?: number;
}

/** How a word matches: 0 it is the name, 1 the name begins so, 2 a part of the name does, 3 the name has it, 4 the description has it; null not at all. */
function matchOf(word: string, name: string, words: string): number | null {
  const low = name.toLowerCase();
  if (low === word) return 0;
  if (low.startsWith(word)) return 1;
  const parts = name.split(/(?<=[a-z])(?=[A-Z\d])|[^\p{L}\p{N}]+/u).map((_, index, all) => all.slice(index).join("").toLowerCase());
  if (parts.some((part) => part.startsWith(word))) return 2;
  if (low.includes(word)) return 3;
  return words.toLowerCase().includes(word) ? 4 : null;
}

/** How well something matches all words of what is wanted: as its worst word does. */
export function match({ name, words = "" }: Findable, wanted: string): number | null {
  const found = wanted.trim().toLowerCase().split(/\s+/).map((word) => matchOf(word, name, words));
  return found.some((each) => each === null) ? null : Math.max(...found.map((each) => each!));
}

/** Those that match, best first; all of them, as they stand, where nothing is wanted. */
export function ranked<T>(all: T[], wanted: string, as: (one: T) => Findable, rank = (_: T, found: number) => found): T[] {
  if (wanted.trim() === "") return all;
  const found = all.flatMap((one) => {
    const fit = match(as(one), wanted);
    return fit === null ? [] : [{ one, rank: rank(one, fit), use: as(one).use ?? 0 }];
  });
  return found.sort((a, b) => a.rank - b.rank || b.use - a.use).map(({ one }) => one);
}
