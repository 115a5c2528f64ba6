"""Lists by name, in the order in which people look for names."""


def by_name(text: str) -> str:
    """What SQL sorts and pages by: without case and accents, the same on every server (migration 0012)."""
    return f'name_order({text}) COLLATE "C"'
