"""The one way in which a study says that it cannot do what was asked."""


class Refused(Exception):
    """One sentence for the user. The command prints it and exits 1; nothing was run."""
