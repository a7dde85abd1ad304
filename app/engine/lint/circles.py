"""Which nodes of a graph are on a way back to themselves? In a time that grows with its arrows only.

Source: S. R. Kosaraju's two walks (A. Aho and others, « Data Structures and Algorithms », 6.7).
"""

from collections.abc import Mapping


def circles(after: Mapping[str, list[str]]) -> dict[str, int]:
    """The nodes that lead back to themselves, with the number of their circle."""
    before: dict[str, list[str]] = {name: [] for name in after}
    for name, targets in after.items():
        for target in targets:
            before[target].append(name)
    found: dict[str, int] = {}
    seen: set[str] = set()
    for number, name in enumerate(reversed(_finished(after))):
        if name not in seen:
            members = _behind(name, before, seen)
            seen |= members
            if len(members) > 1 or name in after[name]:
                found.update(dict.fromkeys(members, number))
    return found


def _behind(name: str, before: Mapping[str, list[str]], seen: set[str]) -> set[str]:
    """What leads to the node, among what is not yet seen."""
    members, queue = {name}, [name]
    while queue:
        for other in before[queue.pop()]:
            if other not in seen and other not in members:
                members.add(other)
                queue.append(other)
    return members


def _finished(after: Mapping[str, list[str]]) -> list[str]:
    """The nodes in the order in which a walk in depth is done with them."""
    order: list[str] = []
    seen: set[str] = set()
    for start in after:
        stack = [] if start in seen else [(start, iter(after[start]))]
        seen.add(start)
        while stack:
            name, following = stack[-1]
            target = next((one for one in following if one not in seen), None)
            if target is None:
                order.append(name)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(after[target])))
    return order
