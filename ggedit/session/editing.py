"""One person's work on one picture: a draft Turn, and the History of accepted ones."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

from ..core.amend import apply
from ..core.carry import next_context
from ..core.corrections import AddBox, ClickPoint, Correction, Reseed, Tune
from ..core.errors import BadInput, Halted
from ..core.events import Event, Finished, StageDone, StageFailed
from ..core.language import Instruction
from ..core.picture import Picture
from ..core.scene import GraphEdit
from ..core.turn import Ask, History, Stage, Tier, Turn
from ..pipeline import Runner, run
from ..ports import Chosen, Cutout, Kit, MaskPrompt, Planner, Point, Store
from .spool import Spool


def _random_id() -> str:
    return uuid.uuid4().hex


class EditSession:
    """Holds the draft and the history; everything it does is a pure step on frozen values.

    The draft (``turn``) is what is being worked on; ``accept`` moves it into the history,
    and into the store if there is one, before it returns.
    """

    def __init__(
        self,
        picture: Picture,
        kit: Kit,
        *,
        id: str | None = None,
        store: Store | None = None,
        history: History | None = None,
        spool: Spool | None = None,
        new_id: Callable[[], str] = _random_id,
        runner: Runner = run,
    ) -> None:
        self.id = id or new_id()
        self.kit = kit
        self.history = history or History(picture)
        self.turn: Turn | None = None
        self._store = store
        self._spool = spool
        self._new_id = new_id
        self._run = runner
        self._earlier: list[Turn] = []
        self._halts = 0
        self._saving = threading.Lock()
        self._saved = False
        self._later: list[tuple[Turn, list[Turn]]] = []

    @property
    def picture(self) -> Picture:
        """The picture as it stands at the history's cursor."""
        return self.history.picture

    def ask(self, text: str = "", *, graph_edits: tuple[GraphEdit, ...] = (), seed: int = 0) -> Turn:
        """Start a new draft on the current picture.

        Raises:
            BadInput: nothing is asked, or the seed is out of range.
        """
        ask = Ask(text.strip(), graph_edits)
        return self._begin(ask, seed)

    def look(self, *, seed: int = 0) -> Turn:
        """Start a draft that only perceives the picture: its objects, masks and scene graph."""
        return self._begin(Ask(look_only=True), seed)

    def _begin(self, ask: Ask, seed: int) -> Turn:
        self.turn = Turn(
            id=self._new_id(),
            picture=self.picture,
            ask=ask,
            parent=self.history.cursor,
            seed=seed,
            context=next_context(self.history.path()),
        )
        self._earlier, self._later = [], []
        return self.turn

    def ask_graph(self, graph_edits: tuple[GraphEdit, ...]) -> Turn:
        """Ask for graph changes in the scene that the draft has already perceived: what was
        detected, cut out and related is kept, only the plan is made anew."""
        old = self.draft
        fresh = self.ask(graph_edits=graph_edits, seed=old.seed)
        if old.scene is None:
            return fresh
        perceived = replace(old.emptied_from(Stage.PLAN), instruction=Instruction(text=""))
        self.turn = replace(perceived, id=fresh.id, ask=fresh.ask)
        return self.turn

    def plan_with(self, planner: Chosen[Planner]) -> Turn:
        """Have this session's plans made by another planner from now on, as the person chose;
        the draft's plan is made anew at the next ``run``."""
        self.kit = replace(self.kit, planner=planner)
        if self.turn is not None and self.turn.scene is not None:
            self._earlier.append(self.turn)
            self.turn = self.turn.emptied_from(Stage.PLAN)
        return self.draft

    @property
    def draft(self) -> Turn:
        """The draft. Raises BadInput: there is none yet."""
        if self.turn is None:
            raise BadInput('Say what to change first, for example "remove the dog".')
        return self.turn

    def run(self, *, until: Stage = Stage.EDIT, ask_user: bool = True) -> Iterator[Event]:
        """Fill the draft's empty cells up to ``until``; the draft follows as they fill.

        Closing the iterator stops the work; what was reached stays.

        Raises:
            Halted: ``halt`` was called meanwhile.
        """
        if until is Stage.EDIT:
            self._later = []
        halts = self._halts
        for event in self._run(self.draft, self.kit, until=until, ask_user=ask_user):
            if halts != self._halts:
                raise Halted("The work was stopped.")
            if isinstance(event, StageDone | StageFailed | Finished):
                self.turn = event.turn
            yield event

    def halt(self) -> None:
        """Runs that are under way on other threads must not touch the draft any more."""
        self._halts += 1

    def correct(self, correction: Correction) -> Turn:
        """Apply a correction to the draft; the stages to its right run again at the next ``run``.

        Raises:
            BadInput: it does not fit; the draft stays as it was.
        """
        return self.put(apply(self.draft, correction))

    def put(self, turn: Turn) -> Turn:
        """Another state of the draft, as one step that can be taken back."""
        self._earlier.append(self.draft)
        self._later = []
        self.turn = turn
        return turn

    def uncorrect(self) -> Turn:
        """Take back the last correction of this draft; without one nothing happens."""
        if self._earlier:
            self._remember()
            self.turn = self._earlier.pop()
        return self.draft

    def step_back(self) -> None:
        """Take back one thing: the draft's result, else its last correction, else the request
        itself; without a draft the last accepted turn."""
        if self.turn is None:
            self.undo()
        elif self.turn.result is not None:
            self._remember()
            self.turn = self.turn.emptied_from(Stage.EDIT)
        elif self._earlier:
            self.uncorrect()
        else:
            self._remember()
            self.turn = None

    def step_forward(self) -> None:
        """Bring back what was taken back last; without such a thing one accepted turn forward."""
        if self._later:
            self.turn, self._earlier = self._later.pop()
        elif self.turn is None:
            self.redo()

    def _remember(self) -> None:
        self._later.append((self.draft, list(self._earlier)))

    @property
    def corrections_to_undo(self) -> int:
        return len(self._earlier)

    @property
    def to_redo(self) -> Turn | None:
        """The state of the draft that ``step_forward`` brings back, if one was taken back."""
        return self._later[-1][0] if self._later else None

    def add_by_click(self, x: float, y: float, *, label: str) -> Turn:
        """Add the thing under a click: the segmenter finds its outline, which gives its box.

        Raises:
            BadInput: the click lies outside the picture, or nothing was detected yet.
        """
        extent = self.draft.picture.extent
        if not (0 <= x < extent.width and 0 <= y < extent.height):
            raise BadInput("Click inside the picture.")
        found = self.kit.segmenter.use.segment(self.draft.picture, MaskPrompt(points=(Point(x, y),)))
        turn = self.correct(AddBox(label, found[0].mask.box))
        added = turn.corrections[-1]
        assert isinstance(added, AddBox)
        self.turn = replace(turn, corrections=(*turn.corrections, ClickPoint(added.id, x, y)))
        return self.turn

    def draw_together(self, count: int) -> None:
        """Let an editor that draws make ``count`` variants in one batch, unless the person set
        another number; editors that do not draw make each by itself."""
        options = self.draft.options
        if count > 1 and options.variants is None and self.kit.editor.tier is Tier.FULL:
            self.correct(Tune(replace(options, variants=count)))

    def make_variants(self, count: int) -> Iterator[Event]:
        """Run the edit in other ways: events of each, one ``Finished`` per variant.

        The draft stays on the first result; ``choose`` puts another in its place.
        """
        base = self.draft
        for variant in range(1, count):
            changed = apply(base, Reseed(base.seed, base.variant + variant))
            yield from self._run(changed, self.kit)

    def choose(self, turn: Turn) -> None:
        """Take a variant as the draft."""
        self.put(turn)

    def accept(self) -> History:
        """Move the finished draft into the history; durable when this returns.

        Raises:
            BadInput: the draft has no result yet.
        """
        draft = self.draft
        history = self.history.accepted(draft)
        self._save(history, history.turn(draft.id))
        return self._stand(history)

    def undo(self) -> History:
        """One step back. An unaccepted draft is dropped."""
        return self._move(self.history.undo())

    def redo(self) -> History:
        """One step forward, to the newest child."""
        return self._move(self.history.redo())

    def goto(self, id_: str | None) -> History:
        """To any accepted turn (None = the untouched picture); the next edit branches there."""
        return self._move(self.history.goto(id_))

    def keep_on_shelf(self, node: str, name: str) -> None:
        """Keep a thing of the draft as a cut-out for later pictures.

        Raises:
            BadInput: no such mask.
        """
        draft = self.draft
        if draft.masks is None:
            raise BadInput("There is no mask yet: let ggedit look at the picture first.")
        self.kit.shelf.use.put(Cutout(name, draft.picture, draft.masks[node]))

    def _move(self, history: History) -> History:
        self._save(history, None)
        return self._stand(history)

    def _stand(self, history: History) -> History:
        """Take a history as it is now, without a draft, its memory bounded."""
        self.history = history if self._spool is None else self._spool.trim(history)
        self.turn, self._earlier, self._later = None, [], []
        return self.history

    def remember(self) -> None:
        """Keep the untouched picture in the store, so that the session is found again before
        anything was accepted. May run on another thread; an accepted turn is never undone by it."""
        with self._saving:
            if self._store is not None and not self._saved:
                self._store.save(self.id, self.history)
                self._saved = True

    def _save(self, history: History, turn: Turn | None) -> None:
        with self._saving:
            if self._store is not None:
                self._store.save(self.id, history, turn)
                self._saved = True
