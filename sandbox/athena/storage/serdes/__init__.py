"""SerDes: how the bytes of an object become typed rows, told by the table's SerDe class."""
