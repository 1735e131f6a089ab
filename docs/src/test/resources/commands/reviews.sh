printf 'sentence\nA fine film.\nIt is far too long.\nNobody laughed.\nGo and see it.\n' >reviews.csv
