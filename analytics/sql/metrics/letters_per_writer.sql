[countIf(is_letter AND counted AND writer_key != ''), uniqExactIf(writer_key, is_letter AND counted AND writer_key != '')]
