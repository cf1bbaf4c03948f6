countIf(is_letter AND counted AND thanked)
