"""The words of DynamoDB's expressions, and what their grammar makes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path as FilePath

from local.dynamodb.errors import ValidationError

MAX_EXPRESSION_BYTES = 4096
RESERVED_WORDS = frozenset(
    FilePath(__file__).with_name("reserved_words.txt").read_text(encoding="ascii").split()
)
_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*|#[A-Za-z0-9_]+)|(?P<value>:[A-Za-z0-9_]+)"
    r"|(?P<number>[0-9]+)|(?P<sign><>|<=|>=|[=<>()\[\],.+-]))"
)

Step = str | int


@dataclass(frozen=True, slots=True)
class PathNode:
    """A document path as written: names (maybe `#placeholders`) and list positions."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A `:value` placeholder."""

    name: str


@dataclass(frozen=True, slots=True)
class CallNode:
    """A function with its arguments."""

    function: str
    arguments: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class SumNode:
    """Two operands of SET with `+` or `-` between them."""

    sign: str
    left: Operand
    right: Operand


Operand = PathNode | ValueNode | CallNode | SumNode


@dataclass(frozen=True, slots=True)
class CompareNode:
    """A comparison of two operands."""

    sign: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class BetweenNode:
    """An operand between two bounds, both included."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class InNode:
    """An operand equal to one of several."""

    operand: Operand
    choices: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class NotNode:
    """A condition turned round."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class JoinNode:
    """Two conditions with AND or OR between them."""

    word: str
    left: Condition
    right: Condition


Condition = CompareNode | BetweenNode | InNode | NotNode | JoinNode | CallNode


@dataclass(frozen=True, slots=True)
class Action:
    """One action of an update: the clause's word, its path and what it takes."""

    clause: str
    path: PathNode
    operand: Operand | None


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression. `kind` is name, value, number, sign or end."""

    kind: str
    text: str
    start: int
    end: int


class Reader:
    """Reads an expression's words one after the other; `label` names it in error messages."""

    def __init__(self, label: str, text: str) -> None:
        self.label = label
        self.text = text
        if len(text.encode()) > MAX_EXPRESSION_BYTES:
            raise self.error(
                "Expression size has exceeded the maximum allowed size; "
                f"expression size: {len(text.encode())}"
            )
        if not text.strip():
            raise self.error("The expression can not be empty;")
        self._tokens = self._split()
        self._at = 0

    def _split(self) -> list[Token]:
        tokens: list[Token] = []
        at = 0
        end = len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if match is None or match.lastgroup is None:
                start = at + len(self.text[at:]) - len(self.text[at:].lstrip())
                raise self.error(
                    f'Syntax error; token: "{self.text[start]}", '
                    f'near: "{self.text[max(0, start - 5) : start + 6].strip()}"'
                )
            group = match.lastgroup
            tokens.append(Token(group, match.group(group), match.start(group), match.end()))
            at = match.end()
        tokens.append(Token("end", "<EOF>", end, end))
        return tokens

    def error(self, problem: str) -> ValidationError:
        """Return the refusal of this expression."""
        return ValidationError(f"Invalid {self.label}: {problem}")

    def syntax_error(self) -> ValidationError:
        """Return the refusal of the word that comes next."""
        token = self._tokens[self._at]
        first = self._tokens[max(0, self._at - 1)]
        last = self._tokens[min(len(self._tokens) - 1, self._at + 1)]
        near = self.text[first.start : last.end]
        return self.error(f'Syntax error; token: "{token.text}", near: "{near}"')

    @property
    def next(self) -> Token:
        """The word that comes next, without taking it."""
        return self._tokens[self._at]

    def following(self, text: str) -> bool:
        """Tell whether the word after the next is `text`."""
        return self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].text == text

    def take(self) -> Token:
        """Take the next word."""
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def accept(self, *texts: str) -> str | None:
        """Take the next word if it is one of these signs, or keywords in capitals."""
        token = self.next
        found = token.text if token.kind == "sign" else token.text.upper() if token.kind == "name" else None
        if found in texts:
            self._at += 1
            return found
        return None

    def expect(self, text: str) -> None:
        """Take a word that must be there."""
        if self.accept(text) is None:
            raise self.syntax_error()

    def finish(self) -> None:
        """Refuse anything that is left."""
        if self.next.kind != "end":
            raise self.syntax_error()

    def path(self) -> PathNode:
        """Read a document path: names joined by dots, positions in brackets."""
        steps: list[Step] = [self._name()]
        while True:
            if self.accept("."):
                steps.append(self._name())
            elif self.accept("["):
                if self.next.kind != "number":
                    raise self.syntax_error()
                steps.append(int(self.take().text))
                self.expect("]")
            else:
                return PathNode(tuple(steps))

    def _name(self) -> str:
        token = self.next
        if token.kind != "name":
            raise self.syntax_error()
        if token.text.upper() in RESERVED_WORDS:
            raise self.error(f"Attribute name is a reserved keyword; reserved keyword: {token.text}")
        return self.take().text
