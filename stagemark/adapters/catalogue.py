"""The catalogue of products out of a file (the port `Catalogues`)."""

from __future__ import annotations

from pathlib import Path

from stagemark.adapters.watched import Watched
from stagemark.catalogues.load import load_catalogue
from stagemark.domain.catalogue import Catalogue

__all__ = ["FileCatalogue"]

_EMPTY = Catalogue(id="none")


class FileCatalogue:
    """The port `Catalogues` on a YAML file, read again when it has changed; without a file nothing is suggested."""

    def __init__(self, path: Path | None) -> None:
        """Name the file.

        Raises:
            NotFound: `unknown_catalogue`.
            InvalidInput: What is wrong with it.
        """
        self._watched = Watched(path, load_catalogue) if path else None

    async def catalogue(self) -> Catalogue:
        """See `ports.Catalogues`."""
        return self._watched.read() if self._watched else _EMPTY
