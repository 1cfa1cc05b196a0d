"""The steps of the loop: which items are handled in one transaction, and how a text is begun. How one item is handled,
bridge/service/dispatch says."""

from functools import partial

from sqlmodel import Session

from bridge.service.dispatch import Handlers, handle
from bridge.service.inbox import Inbox, InboxItem
from bridge.service.transactions import Effects, Step
from modem import contract

# So many received texts are stored in one transaction at most.
TEXTS_AT_ONCE = 20


class Steps:
    """inbox: where a step may take out one more item that goes with its own."""

    def __init__(self, inbox: Inbox, handlers: Handlers) -> None:
        self._inbox = inbox
        self._handlers = handlers

    def of(self, items: list[InboxItem]) -> Step:
        """The step that handles the one item of this list. What it takes out of the inbox besides is added to the list: so it
        is still there when the database must be tried again, or when each must be handled alone."""
        match items[0]:
            case contract.TextReceived():
                return partial(self._store_texts, items)
            case contract.CallEnded():
                return partial(self._end_call, items)
        return self.alone(items[0])

    def alone(self, item: InboxItem) -> Step:
        """The step that handles this item and no other."""
        return partial(handle, self._handlers, item)

    def _end_call(self, items: list[InboxItem], session: Session) -> Effects:
        """An ended call, and in the same transaction the text that is due on its line, where that is free by now: one commit
        between the caller's end and AT+CMGS."""
        end = items[0]
        assert isinstance(end, contract.CallEnded)
        effects = handle(self._handlers, end, session)
        if len(items) == 1 and (news := self._inbox.line_is_free(end.line)) is not None:
            items.append(news)
        for free in items[1:]:
            effects += handle(self._handlers, free, session)
            if self._handlers.lines[end.line].sending is None:
                effects += self.send_one(end.line, session)
        return effects

    def _store_texts(self, texts: list[InboxItem], session: Session) -> Effects:
        """These texts, and more in the same transaction as long as nothing else lies in the inbox."""
        effects = [effect for text in texts for effect in handle(self._handlers, text, session)]
        while len(texts) < TEXTS_AT_ONCE and (text := self._inbox.another_text()) is not None:
            texts.append(text)
            effects += handle(self._handlers, text, session)
        return effects

    def send_one(self, line: str, session: Session) -> Effects:
        """Mark the next due text as sending; it is handed over after the commit: at most once (docs/design.md)."""
        text = self._handlers.outbox.next_to_send(session, line)
        if text is None:
            return []
        return [partial(self._handlers.lines[line].hand_over, text)]
