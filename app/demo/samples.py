"""What do the pieces of the demonstration contain? Small real PDFs with a title on them."""


def sample_pdf(title: str, subtitle: str) -> bytes:
    """A one-page PDF that says what it stands for."""
    text = "BT /F1 20 Tf 60 760 Td ({}) Tj /F1 12 Tf 0 -30 Td ({}) Tj ET"
    stream = text.format(_escaped(title), _escaped(subtitle)).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _assembled(objects)


def _assembled(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    out += trailer % (len(objects) + 1, start)
    return bytes(out)


def _escaped(text: str) -> str:
    plain = text.replace("’", "'").replace("–", "-")
    return plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
