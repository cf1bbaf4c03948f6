countIf(is_letter AND invalidated)
