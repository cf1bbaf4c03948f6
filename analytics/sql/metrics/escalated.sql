countIf(is_letter AND counted AND escalated)
