"""The language server: what an editor asks about a rulebook while it is written, answered by the compiler itself."""
