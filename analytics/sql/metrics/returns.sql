sumIf(returns, is_letter AND counted)
