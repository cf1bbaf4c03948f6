countIf(is_letter AND counted AND supervised)
