"""How is a file drawn by somebody else read without danger? No DTD, no entities, bounded size."""

from collections.abc import Mapping
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from app.engine.errors import DiagramRefused, Problem

__all__ = ["BPMN", "CAMUNDA", "Element", "bpmn", "camunda", "children", "local", "safe_xml"]

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"


def safe_xml(data: bytes, *, limit: int = 5_000_000) -> Element:
    """The root element of the file; refuses DiagramRefused for anything that is not plain XML.

    Document type declarations are refused whole, so no entity of any kind is ever expanded, no
    other file is read and nothing is fetched. Comments and processing instructions are dropped.
    """
    if len(data) > limit:
        raise _refused(f"Le fichier est trop gros : {limit // 1_000_000} Mo au plus.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    # The test on bytes comes first: the parser must not meet the entities at all.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused("Le fichier contient une déclaration de type (DTD) : elle est refusée.")
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(_unreadable(error)) from None
    except ValueError:
        raise _refused("Le fichier n’est pas du XML lisible.") from None
    if root.getroottree().docinfo.doctype:
        # A DTD hidden in another encoding (UTF-16) passes the test on bytes, not this one.
        raise _refused("Le fichier contient une déclaration de type (DTD) : elle est refusée.")
    return root


#: What libxml2 most often meets, by its number.
_TOLD: Mapping[int, str] = {
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "il est vide ou ne commence pas par une balise",
    etree.ErrorTypes.ERR_DOCUMENT_END: "il continue après la dernière balise",
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "une balise n’est pas fermée par la sienne",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "une balise n’est pas fermée",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "un signe « < » ou « & » n’y a pas sa place",
    etree.ErrorTypes.ERR_GT_REQUIRED: "il manque un signe « > »",
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "un attribut s’y trouve deux fois",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "un préfixe n’est pas déclaré",
    etree.ErrorTypes.ERR_INVALID_ENCODING: "son codage n’est pas celui qu’il annonce",
}


def _unreadable(error: etree.XMLSyntaxError) -> str:
    line, column = error.position
    told = _TOLD.get(error.code)
    place = f"ligne {line}, colonne {column}" if line else ""
    detail = f"{told} ({place})" if told and place else told or place
    return (
        f"Le fichier n’est pas du XML lisible : {detail}."
        if detail
        else "Le fichier n’est pas du XML lisible."
    )


def bpmn(name: str) -> str:
    """The full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def camunda(name: str) -> str:
    """The full name of an attribute or element of Camunda's extensions."""
    return f"{{{CAMUNDA}}}{name}"


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, *names: str) -> list[Element]:
    """The direct BPMN children with one of these names, in the order of the file."""
    wanted = {bpmn(name) for name in names}
    return [child for child in element if child.tag in wanted]


def _refused(sentence: str) -> DiagramRefused:
    return DiagramRefused([Problem("", sentence)])
