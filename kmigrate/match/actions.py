"""What a reference becomes on one reading of it; every name qualified, none spelled yet."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kmigrate.model import Outcome

ORDER = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class CallChange:
    """Changes to the arguments of a call, as in `model.EditCall`."""

    rename: tuple[tuple[int, str | None], ...] = ()
    values: tuple[tuple[int, str], ...] = ()
    drop: tuple[int, ...] = ()
    append: tuple[tuple[str, str], ...] = ()
    literals: tuple[tuple[ast.expr, str], ...] = ()  # anywhere, with what they become
    above: tuple[str, ...] = ()  # what is added by a statement above that of the call
    before: tuple[str, ...] = ()  # statements of their own above that of the call

    def __bool__(self) -> bool:
        return self.is_edit or bool(self.literals)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is written, with qualified names."""
        return (*(text for _, text in (*self.values, *self.append)), *self.above, *self.before)

    @property
    def is_edit(self) -> bool:
        """Does the call itself change?"""
        return bool(self.rename or self.values or self.drop or self.append)


@dataclass(frozen=True, slots=True)
class Template:
    """A call that becomes another expression, as in `model.FillTemplate`.

    `text` is in time spelled for its place; `rule` stays what the rule says, by which it is proven.
    """

    text: str
    captures: tuple[tuple[str, int | str], ...] = ()
    rest: tuple[int, ...] = ()
    rename: tuple[tuple[int, str], ...] = ()
    rule: str = ""
    literals: tuple[tuple[ast.Constant, str], ...] = ()  # beside the call, with what they become
    rebinds: bool = False  # the receiver's name is given it
    heads: bool = False  # the model that it begins is called on its outputs


@dataclass(frozen=True, slots=True)
class Action:
    """The verdict on a reference. `name` is what the chain becomes; "" leaves it as it stands."""

    name: str = ""
    outcome: Outcome = Outcome.KEPT
    rules: tuple[str, ...] = ()
    reason: str = ""
    call: CallChange = CallChange()
    template: Template | None = None
    warning: tuple[str, str] = ("", "")  # a rule and what it says of a call that stays as it is

    told: tuple[str, str] = ("", "")  # a rule and what it says that leaves nothing to do

    def noted(self) -> Action:
        """The verdict with what is told beside it."""
        rule, message = self.told
        if not rule or self.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED):
            return self
        is_said = self.outcome is Outcome.REVIEW and self.reason
        reason = f"{self.reason}; {message}" if is_said else message
        return replace(self, rules=(*self.rules, rule), reason=reason, told=("", ""))

    def warned(self, is_renamed: bool = False) -> Action:
        """The verdict with the warning in it: a review where the call changes, else a flag."""
        rule, message = self.warning
        if not rule or self.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED):
            return self
        reason = f"{self.reason}; {message}" if self.outcome is Outcome.REVIEW else message
        is_changed = bool(is_renamed or self.call or self.template)
        is_changed = is_changed or self.outcome is Outcome.REVIEW
        outcome = Outcome.REVIEW if is_changed else Outcome.FLAGGED
        rules = tuple(dict.fromkeys((*self.rules, rule))) if is_changed else (rule,)
        return replace(self, outcome=outcome, rules=rules, reason=reason, warning=("", ""))

    left_out: tuple[str, ...] = ()  # arguments that the new call has not, which the reason names

    def but(self, outcome: Outcome, rule: str, reason: str) -> Action:
        """The same, more cautious: the reason of the more cautious outcome is the one to say."""
        rules = tuple(dict.fromkeys((*self.rules, rule) if rule else self.rules))
        if ORDER.index(outcome) <= ORDER.index(self.outcome):
            return replace(self, rules=rules, reason=self.reason or reason)
        return replace(self, rules=rules, outcome=outcome, reason=reason)

    def without(self, names: Sequence[str]) -> Action:
        """The same, with a reason that says which arguments it leaves out."""
        unsaid = [f"`{name}`" for name in names if f"`{name}`" not in self.reason]
        if not unsaid:
            return replace(self, left_out=tuple(names))
        said = f"{' and '.join(unsaid)} {'is' if len(unsaid) == 1 else 'are'} left out"
        reason = f"{self.reason}; {said}" if self.reason else said
        return replace(self, reason=reason, left_out=tuple(names))

    def flagged(self, rule: str, reason: str) -> Action:
        """Not changed, but for its dialect: the arguments stay as they are."""
        return Action(self.name, Outcome.FLAGGED, (rule,), reason)
