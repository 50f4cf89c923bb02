"""What the comments of a text say of its layers.

A comment behind a layer, or directly above it, is the layer's comment. A line of it may say more:
"title: ..." is what an editor shows, "name: ..." what a call of a shared layer is called,
"bypass: ..." a layer that takes no part, "group: ..." the id of a loop's group; "comment: ..." is a comment
that would be mistaken for one of these.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from kit.structure import LONGEST_TEXT, is_line, is_text

WORDS = re.compile(r"(title|name|bypass|group|comment): ?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Comment:
    """A comment: its text without the mark, its column, and whether it has the line for itself."""

    text: str
    column: int
    alone: bool

    @property
    def said(self) -> tuple[str, str]:
        """The word it begins with, and the rest; without such a word ("comment", text)."""
        found = WORDS.fullmatch(self.text)
        return (found[1], found[2]) if found else ("comment", self.text)


class Comments:
    """The comments of a text, by line."""

    def __init__(self, text: str) -> None:
        self.lines: dict[int, Comment] = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(text).readline):
                if token.type == tokenize.COMMENT:
                    line, column = token.start
                    alone = not token.line[:column].strip()
                    self.lines[line] = Comment(token.string[1:].removeprefix(" "), column, alone)
        except (tokenize.TokenError, SyntaxError):
            pass  # ast.parse has read the text; what tokenize cannot read has no comments

    def bypassed(self, first: int, last: int, column: int | None = None) -> Iterator[tuple[int, str]]:
        """The lines between two that say a layer takes no part, with what they say; those in the column, if given."""
        for line in range(first + 1, last):
            comment = self.lines.get(line)
            if comment and comment.alone and comment.said[0] == "bypass" and column in (None, comment.column):
                yield line, comment.said[1]

    def behind(self, line: int) -> Comment | None:
        """The comment behind the code of a line."""
        comment = self.lines.get(line)
        return None if comment is None or comment.alone else comment

    def above(self, line: int, column: int) -> list[Comment]:
        """The comments directly above a line, in its column, after the last bypassed layer."""
        found: list[Comment] = []
        while (comment := self.lines.get(line - len(found) - 1)) is not None:
            if not comment.alone or comment.column != column or comment.said[0] == "bypass":
                break
            found.insert(0, comment)
        return found

    def notes(self, line: int, column: int, last: int | None = None) -> dict[str, str]:
        """What is said of the code that begins at a line and column and ends on the line last: title, comment, name."""
        found: dict[str, list[str]] = {}
        behind = self.behind(last) if last is not None else None
        for comment in [*self.above(line, column), *([behind] if behind else [])]:
            word, text = comment.said
            if word != "bypass":
                found.setdefault(word, []).append(text)
        notes = {word: "\n".join(said) if word == "comment" else said[-1] for word, said in found.items()}
        return {word: text for word, text in notes.items() if is_fit(word, text)}


def is_fit(word: str, text: str) -> bool:
    """Whether a document can hold what is said."""
    return is_text(text, LONGEST_TEXT) if word == "comment" else is_line(text)


def comment_lines(text: str) -> list[str]:
    """A layer's comment as lines that are read as that comment."""
    return [f"comment: {line}" if WORDS.fullmatch(line) else line for line in text.split("\n")]


def quoted(name: str) -> str:
    """A name as it stands in a comment."""
    return json.dumps(name, ensure_ascii=False)


def unquoted(text: str) -> str:
    """The name that stands in a comment, with or without quotes."""
    try:
        name = json.loads(text)
    except ValueError:
        return text
    return name if isinstance(name, str) and name else text
