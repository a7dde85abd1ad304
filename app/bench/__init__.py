"""How fast is it, next to what the machine allows? The same work done by rivals, in one run.

Nothing here serves anybody: `liasse bench` fills databases of its own and throws them away. Figures
of one machine say little; their ratios, measured side by side and in turns, say what is ours.
"""
