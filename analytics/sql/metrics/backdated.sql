sumIf(backdated_events, is_letter AND counted)
