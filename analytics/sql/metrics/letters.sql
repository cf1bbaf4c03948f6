countIf(is_letter AND counted)
