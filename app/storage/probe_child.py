"""What is in this PDF or image, and how does a page of it look? Run as a program of its own.

A stranger's file is opened here only, in a process with little memory, little time and no
secret, so that one that crashes or hangs a decoder harms nobody. It imports nothing of the house.

    probe_child.py probe  FORMAT FILE MAX_PIXELS
    probe_child.py render FORMAT FILE MAX_PIXELS PAGE WIDTH OUTPUT

Answers one line of JSON: {"pages": 3}, {"pixels": 900}, or {"refused": "damaged" …}.
"""

import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

MEMORY = 1 << 30
CPU_SECONDS = 10
PDF_PASSWORD = 4  # FPDF_ERR_PASSWORD
_PIL_NAMES = {"jpg": "JPEG", "png": "PNG"}


class Refused(Exception):
    """The file is refused; the word says why."""


def main(arguments: list[str]) -> int:
    """Do what was asked and print the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    verb, kind, path, most, *rest = arguments
    Image.MAX_IMAGE_PIXELS = int(most)
    try:
        answer = _probe(kind, path) if verb == "probe" else _render(kind, path, rest)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "too_big"}
    sys.stdout.write(json.dumps(answer))
    return 0


def _probe(kind: str, path: str) -> dict[str, Any]:
    if kind == "pdf":
        document = _open_pdf(path)
        return {"pages": len(document)}
    with _open_image(kind, path) as image:
        pixels = image.width * image.height
        _decode(image)
        return {"pixels": pixels}


def _render(kind: str, path: str, rest: list[str]) -> dict[str, Any]:
    page, width, output = int(rest[0]), int(rest[1]), rest[2]
    picture = _pdf_page(path, page, width) if kind == "pdf" else _picture(kind, path, width)
    picture.save(output, format="PNG")
    return {"width": picture.width, "height": picture.height}


def _open_pdf(path: str) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        raise Refused("protected" if code == PDF_PASSWORD else "damaged") from error
    if not len(document):
        raise Refused("damaged")
    return document


def _pdf_page(path: str, number: int, width: int) -> Image.Image:
    document = _open_pdf(path)
    if not 1 <= number <= len(document):
        raise Refused("no_page")
    page = document[number - 1]
    page_width, page_height = page.get_size()
    scale = width / max(page_width, 1.0)
    # A page may be a hundred metres long: the height of the picture is bounded too.
    scale = min(scale, 3 * width / max(page_height, 1.0))
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def _open_image(kind: str, path: str) -> Image.Image:
    try:
        image = Image.open(Path(path), formats=[_PIL_NAMES[kind]])
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("damaged") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_big") from error
    return image


def _decode(image: Image.Image) -> None:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("damaged") from error


def _picture(kind: str, path: str, width: int) -> Image.Image:
    with _open_image(kind, path) as image:
        image.draft("RGB", (width * 2, width * 6))
        _decode(image)
        upright = _turned(image).convert("RGB")
        upright.thumbnail((width, width * 3))
        return upright


def _turned(image: Image.Image) -> Image.Image:
    orientation = image.getexif().get(0x0112)
    turns = {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_270,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
