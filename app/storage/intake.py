"""How does a file sent by somebody become a file we keep? Named, limited, looked at, then kept."""

from dataclasses import dataclass
from typing import IO

from app.domain.files import clean_filename
from app.storage.contract import Store, chunks_of
from app.storage.sniff import announced_format, sniff


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store, durable, of a known format."""

    filename: str
    media_type: str
    size: int
    sha256: str


def take_in(
    store: Store, stream: IO[bytes], given_name: str, *, formats: tuple[str, ...], limit: int
) -> Kept:
    """Keep the file if it is what its name says, of one of the formats, within the limit.

    Refuses the classes of `app.domain.files`; a refused file leaves nothing behind.
    """
    name = clean_filename(given_name)
    announced_format(name, formats)
    with store.receive(chunks_of(stream), limit=limit, name=name) as received:
        sniffed = sniff(received.path, name, formats)
        store.keep(received)
    return Kept(name, sniffed.format.media_type, received.size, received.sha256)
