countIf(is_letter AND merged AND NOT invalidated)
