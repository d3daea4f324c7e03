"""«bruker»: a rulebook that takes the answer of another as input: that one finds the group, this one the kroner."""

from compiler.state import State, by_id


def borrow_fields(state: State) -> None:
    """Give the first record the fields that the used rulebook asks for, and the records of their lists."""
    used = state.used
    own = next((record for record in state.records.values() if record.outer is None), None)
    if used is None or own is None:
        return
    asked = used.top_records()[0]
    fields = list(own.fields)
    for field in asked.fields:
        there = own.field(field.name)
        if there is None:
            fields.append(field)
        elif (there.kind, there.unit, there.choices) != (field.kind, field.unit, field.choices):
            message = f"feltet «{field.name}» er {there.kind} her, men {field.kind} i {used.scheme} {used.year}"
            if there.kind == field.kind:
                message = f"feltet «{field.name}» har en annen enhet eller andre valg i {used.scheme} {used.year}"
            place = state.places.get(("felt", f"{own.id}.{field.name}")) or state.header.place("bruker")
            state.fault("R221", message, place, "skriv feltet likt i de to regelverkene")
    for record in used.records:
        if record.outer == asked.id and record.id not in state.records:
            state.records[record.id] = record.model_copy(update={"outer": own.id})
    state.records[own.id] = own.model_copy(update={"fields": tuple(fields)})


def borrow_groups(state: State) -> None:
    """Make the groups of the used rulebook known, those that this one has not declared itself."""
    used = state.used
    if used is None:
        return
    origin = f"{used.scheme} {used.year}"
    own = state.record_grouping()
    main = own.id if own is not None else None
    asked = used.groups_of(used.record_grouping) if used.record_grouping is not None else ()
    for id_, group in by_id(asked).items():
        if id_ not in state.groups:
            borrowed = {"when": None, "origin": origin, "citations": (), "since": state.year, "grouping": main}
            state.groups[id_] = group.model_copy(update=borrowed)
