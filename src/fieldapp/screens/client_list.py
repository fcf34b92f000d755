"""What screens about one client share: reading it, reading it again, and the head that says whose it is."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import work
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.row_list import RowList
from .base import UNREAD, FieldScreen
from .form_head import client_head

if TYPE_CHECKING:
    from ..store.models import ClientLine

ReadT = TypeVar("ReadT")


class ClientScreen(FieldScreen[None], Generic[ReadT]):
    """Something of one client that is read from the laptop; it has a `form-head`."""

    HEAD: ClassVar[str]
    """What stands before the client's name."""

    def __init__(self, client: str) -> None:
        super().__init__()
        self._client = client
        self._read: ReadT | None = None
        self._line: ClientLine | None = None

    @abstractmethod
    async def read_list(self) -> ReadT:
        """Return what is shown, read from the laptop."""

    @abstractmethod
    def draw(self, read: ReadT, line: ClientLine) -> None:
        """Put on screen what was read."""

    @abstractmethod
    def unread(self) -> None:
        """Say that it could not be read."""

    @property
    def client_at_hand(self) -> str | None:
        """The client that is shown."""
        return self._client

    def on_mount(self) -> None:
        """Read it, and again when anything changes."""
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Read again: a draft of something that is shown may have been begun meanwhile."""
        super().on_screen_resume()
        if self._read is not None:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read it from the laptop."""
        with self.saying("reading"):
            self._line = await self.host.ask(self.host.laptop.client_line, self._client)
            self._read = await self.read_list()
            if self.is_attached:
                head = client_head(self.HEAD, self._line, self.app.size.width)
                self.query_one("#form-head", Static).update(head)
                self.draw(self._read, self._line)
        if self._read is None and self.is_attached:
            self.unread()


class ClientListScreen(ClientScreen[ReadT]):
    """A list of one client: one RowList."""

    rows = query_one(RowList)

    def unread(self) -> None:
        """Say it in the list."""
        self.rows.fail(UNREAD)
