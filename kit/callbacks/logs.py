"""Callbacks that write the values of a training somewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from kit.callbacks.callback import Callback
from kit.fields import text

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.steps import Record
    from kit.training.trainable import Trainable


class CSVLogger(Callback):
    """Writes the values of each epoch to a file, a line an epoch, under a line of their names.

    path: the file.
    separator: what stands between two values.
    append: whether a file that is there is gone on with.
    """

    path: Annotated[str, text()]
    separator: Annotated[str, text()] = ","
    append: bool = False

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        there = Path(self.path).is_file() and Path(self.path).stat().st_size > 0
        goes_on = (self.append or session.position.step > 0) and there
        self.headed = goes_on
        if not goes_on:
            Path(self.path).write_text("")

    def epoch(self, number: int, values: dict[str, float]) -> None:
        import csv

        with open(self.path, "a", newline="") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if not self.headed:
                writer.writerow(["epoch", *values])
                self.headed = True
            writer.writerow([number - 1, *values.values()])


class TensorBoard(Callback):
    """Writes the values of each batch and each epoch for TensorBoard, which has to be installed.

    log_dir: the folder to write to.
    """

    log_dir: Annotated[str, text()] = "logs"

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise ImportError("TensorBoard(...) needs the package tensorboard: pip install tensorboard") from None
        done = session.position.step  # where a saved training goes on; what was written after it is void
        self.writer = SummaryWriter(self.log_dir, purge_step=done + 1 if done else None)

    def __call__(self, record: Record) -> None:
        for name, value in record.values.items():
            self.writer.add_scalar(f"batch_{name}", value, record.step)
        super().__call__(record)

    def epoch(self, number: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self.writer.add_scalar(f"epoch_{name}", value, number)

    def end(self) -> None:
        self.writer.close()
