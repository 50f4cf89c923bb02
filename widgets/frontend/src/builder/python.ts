// Python text in colours: what each piece of it is.

export type Kind = "word" | "string" | "number" | "comment" | "call" | "plain";
export type Piece = [kind: Kind, text: string];

const KEYWORDS = new Set(
  ("and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass "
    + "raise return True try while with yield").split(" "),
);
const TOKENS = /(#[^\n]*)|([rbfRBF]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(\b\d[\w.]*)|([A-Za-z_]\w*)/g;

/** The text in pieces; joined they are the text again. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, comment, string, number, name] = match;
    if (match.index > at) found.push(["plain", text.slice(at, match.index)]);
    at = match.index + whole.length;
    const called = text[at] === "(";
    const kind: Kind = comment !== undefined ? "comment" : string !== undefined ? "string" : number !== undefined ? "number"
      : KEYWORDS.has(name!) ? "word" : called ? "call" : "plain";
    found.push([kind, whole]);
  }
  if (at < text.length) found.push(["plain", text.slice(at)]);
  return found;
}

/** What Enter adds after a line: its indentation, and one step more where it opens something. */
export function indentAfter(line: string): string {
  const own = /^\s*/.exec(line)![0];
  return /[([{:]\s*$/.test(line) ? `${own}    ` : own;
}
