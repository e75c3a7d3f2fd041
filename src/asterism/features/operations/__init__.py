"""Operations: what keeps a server well without anybody asking."""
