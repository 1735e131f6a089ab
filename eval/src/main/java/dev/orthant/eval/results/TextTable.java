package dev.orthant.eval.results;

import java.util.ArrayList;
import java.util.List;

/** Columns of plain text: the first {@code left} columns aligned left, the others right. */
final class TextTable {

  private final int left;
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(int left, List<String> header) {
    this.left = left;
    rows.add(List.copyOf(header));
  }

  void row(List<String> cells) {
    if (cells.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "a row has %d cells, the header %d".formatted(cells.size(), rows.get(0).size()));
    }
    rows.add(List.copyOf(cells));
  }

  /** The lines, each ended by a line feed, no blanks at their ends; a rule below the header. */
  String text() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      StringBuilder line = new StringBuilder();
      StringBuilder rule = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        String cell = rows.get(r).get(c);
        String blanks = " ".repeat(widths[c] - cell.length());
        String gap = c == 0 ? "" : "  ";
        line.append(gap).append(c < left ? cell + blanks : blanks + cell);
        rule.append(gap).append("-".repeat(widths[c]));
      }
      out.append(line.toString().stripTrailing()).append('\n');
      if (r == 0) {
        out.append(rule).append('\n');
      }
    }
    return out.toString();
  }
}
