"""How is a diagram shown to people? Drawn as accessible SVG, and told as a list of steps in order."""

from app.engine.diagram.outline import OutlineItem, outline
from app.engine.diagram.render import Drawing, render_diagram
from app.engine.diagram.words import Mark, NodeState

__all__ = ["Drawing", "Mark", "NodeState", "OutlineItem", "outline", "render_diagram"]
