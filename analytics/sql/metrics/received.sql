countIf(is_letter)
