package dev.orthant.eval.results;

/** A growing text in Markdown. */
final class MarkdownText {

  private final StringBuilder out = new StringBuilder();

  void heading(String text) {
    out.append("\n## ").append(text).append("\n\n");
  }

  void header(String... cells) {
    row(cells);
    out.append("|");
    for (int i = 0; i < cells.length; i++) {
      out.append("---|");
    }
    out.append('\n');
  }

  void row(String... cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  void text(String text) {
    out.append(text);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
