"""The endpoints as functions with types and descriptions, and their registration with gradio.

The docstrings are what API pages and MCP clients show: they are written for callers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal, get_args, get_origin, get_type_hints

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api

from ...core.errors import GgeditError
from ...core.turn import Stage
from ...session import save_history
from ..actions import keep_result, session_of
from ..downloads import shown_picture
from .answers import picture_file
from .inputs import checked_corrections, checked_file, checked_seed, checked_text
from .service import Service, Wish
from .shapes import Correction, Edited, Found, Outlined, Planned, Reading, SessionState


class Endpoints:
    """Every public method is an endpoint of the same name, and an MCP tool."""

    def __init__(self, service: Service, *, max_mb: int) -> None:
        self._service = service
        self._max_mb = max_mb

    def parse(self, text: str) -> Reading:
        """Read an edit instruction without a picture: what is to be done to which things.

        Args:
            text: The instruction in English, such as "remove the dog and make the left cup blue".
        """
        return self._service.parse(checked_text(text, needed=True))

    def detect(self, picture: FileData, text: str = "", corrections: list[Correction] | None = None) -> Iterator[Found]:
        """Find the things an instruction speaks of in a photo, and choose which ones are meant.

        Args:
            picture: The photo to look at.
            text: The instruction; without one the photo's main things are found.
            corrections: What was seen wrongly, such as a missed box; boxes are clipped to the photo.
        """
        yield from self._on_picture(picture, text, corrections, until=Stage.SELECT)

    def segment(
        self, picture: FileData, text: str = "", corrections: list[Correction] | None = None
    ) -> Iterator[Outlined]:
        """Find things in a photo as detect does, and outline each with a mask.

        Args:
            picture: The photo to look at.
            text: The instruction; without one the photo's main things are found.
            corrections: What was seen wrongly, such as clicks that belong to a thing.
        """
        yield from self._on_picture(picture, text, corrections, until=Stage.SEGMENT)

    def plan(self, picture: FileData, text: str = "", corrections: list[Correction] | None = None) -> Iterator[Planned]:
        """Work out the scene graph of a photo and the steps that would carry out an instruction.

        Args:
            picture: The photo to look at.
            text: The instruction; without one only the scene graph is made.
            corrections: What was seen wrongly, changes to steps, or changes asked of the scene graph.
        """
        yield from self._on_picture(picture, text, corrections, until=Stage.PLAN)

    def edit(
        self, picture: FileData, text: str, corrections: list[Correction] | None = None, seed: int = 0
    ) -> Iterator[Edited]:
        """Edit a photo by instruction. Outside the reported change every pixel stays as it is.

        Args:
            picture: The photo to edit.
            text: What to change, in English, such as "remove the dog".
            corrections: What would be seen wrongly; ids are those that detect and segment return.
            seed: The same seed gives the same pixels.
        """
        checked_text(text, needed=True)
        yield from self._on_picture(picture, text, corrections, until=Stage.EDIT, seed=seed)

    def session_continue(
        self,
        session: str,
        text: str = "",
        corrections: list[Correction] | None = None,
        seed: int = 0,
        until: Literal["detect", "segment", "plan", "edit"] = "edit",
    ) -> Iterator[Edited]:
        """Go on with a photo that an earlier call opened: correct it, ask for more, or run the plan.

        Args:
            session: The id that an earlier call returned.
            text: Another instruction, on the picture as it stands now; empty = the same as before.
            corrections: What was seen wrongly in the last answer.
            seed: The same seed gives the same pixels.
            until: Where to stop; fields of later stages are then empty.
        """
        if until not in _UNTIL:
            raise gr.Error(f"until must be one of {', '.join(_UNTIL)}.", print_exception=False)
        wish = Wish(
            checked_text(text, needed=False),
            tuple(checked_corrections(corrections)),
            until=_UNTIL[until],
            seed=checked_seed(seed),
        )
        yield from self._service.work(session, wish)

    def session_open(self, file: FileData) -> SessionState:
        """Open a photo, or a session zip that was saved here or on the page, for later calls.

        Args:
            file: The photo or the zip.
        """
        path, name = checked_file(file, max_mb=self._max_mb)
        return self._service.state(self._service.open(path, name))

    def session_show(self, session: str) -> SessionState:
        """List the edits of a session and say which one is current.

        Args:
            session: The id that an earlier call returned.
        """
        return self._service.state(session)

    def session_move(self, session: str, to: str) -> SessionState:
        """Go to another step of a session's history; a finished edit is kept first.

        Args:
            session: The id that an earlier call returned.
            to: "undo", "redo", "start" (the untouched photo), or the id of a turn.
        """
        return self._service.move(session, to)

    def session_picture(
        self, session: str, format: Literal["PNG", "JPEG", "WEBP"] = "PNG", quality: int = 92
    ) -> FileData:
        """Get the picture of a session as it stands, in full size.

        Args:
            session: The id that an earlier call returned.
            format: PNG keeps every pixel; JPEG and WEBP are lossy.
            quality: 1 to 100, for JPEG and WEBP.
        """
        if format not in ("PNG", "JPEG", "WEBP") or not isinstance(quality, int) or not 1 <= quality <= 100:
            raise gr.Error("format must be PNG, JPEG or WEBP, and quality 1 to 100.", print_exception=False)
        visitor = self._service.visitor(session)
        return picture_file(shown_picture(session_of(visitor)), visitor.drawer, format_=format, quality=quality)

    def session_save(self, session: str) -> FileData:
        """Get a session as one zip: photo, masks, plans, results. `ggedit replay` runs it again.

        Args:
            session: The id that an earlier call returned.
        """
        visitor = self._service.visitor(session)
        work = session_of(visitor)
        keep_result(work)
        path = visitor.drawer.path("session.ggedit.zip")
        save_history(work.history, path)
        return FileData(path=str(path))

    def session_close(self, session: str) -> bool:
        """Forget a session and delete its files.

        Args:
            session: The id that an earlier call returned.
        """
        self._service.close(session)
        return True

    def _on_picture(self, picture: object, text: object, corrections: object, **how: Any) -> Iterator[Any]:
        until, seed = how["until"], checked_seed(how.get("seed", 0))
        wish = Wish(checked_text(text, needed=False), tuple(checked_corrections(corrections)), until, seed)
        path, name = checked_file(picture, max_mb=self._max_mb)
        yield from self._service.work(self._service.open(path, name), wish)


_UNTIL = {"detect": Stage.SELECT, "segment": Stage.SEGMENT, "plan": Stage.PLAN, "edit": Stage.EDIT}
ENDPOINTS = tuple(name for name in vars(Endpoints) if not name.startswith("_"))
_HEAVY = frozenset({"detect", "segment", "plan", "edit", "session_continue"})


def publish(service: Service, *, max_mb: int, heavy: dict[str, Any], light: dict[str, Any]) -> None:
    """Add the endpoints to the blocks that are being built, in the lanes of what computes
    (``heavy``) and of what does not."""
    endpoints = Endpoints(service, max_mb=max_mb)
    for name in ENDPOINTS:
        api(_published(getattr(endpoints, name)), api_name=name, **(heavy if name in _HEAVY else light))


def _published(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method as the plain function that gradio can read types from; an error becomes the
    one sentence that callers get."""
    hints = get_type_hints(method)
    streams = get_origin(hints["return"]) is not None and inspect.isgeneratorfunction(method)
    gives = get_args(hints["return"])[0] if streams else hints["return"]
    call = _streaming(method) if streams else _single(method)
    signature = inspect.signature(method)
    parameters = [p.replace(annotation=hints[p.name]) for p in signature.parameters.values()]
    call.__name__, call.__doc__ = method.__name__, method.__doc__
    call.__annotations__ = {**hints, "return": gives}
    call.__signature__ = signature.replace(parameters=parameters, return_annotation=gives)  # type: ignore[attr-defined]
    return call


_refused = partial(gr.Error, print_exception=False)


def _single(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        try:
            return method(*values)
        except GgeditError as error:
            raise _refused(str(error)) from None

    return call


def _streaming(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any) -> Iterator[Any]:
        try:
            yield from method(*values)
        except GgeditError as error:
            raise _refused(str(error)) from None

    return call
