package dev.orthant.eval.results;

import dev.orthant.eval.interference.Interference;
import java.util.List;
import java.util.Locale;

/**
 * A study's interference as a heat map, an SVG drawing: for each kind of adapter a matrix of the
 * effects of a row's adapter on a column's features, relative to its own; white for 0, dark for 1
 * and more.
 */
final class InterferenceMap {

  private static final int CELL = 56;
  private static final int LABELS = 150;
  private static final int TITLE = 34;
  private static final int MARGIN = 12;

  private final StringBuilder svg = new StringBuilder();

  private InterferenceMap() {}

  /** The drawing, of the same bytes for the same results. */
  static String of(List<InterferenceResult> results) {
    InterferenceMap map = new InterferenceMap();
    int most = results.stream().mapToInt(r -> r.interference().tasks().size()).max().orElse(0);
    int width = LABELS + most * CELL + 2 * MARGIN;
    int height = MARGIN;
    for (InterferenceResult result : results) {
      map.draw(result, height);
      height += TITLE + LABELS + result.interference().tasks().size() * CELL + MARGIN;
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
        <rect width="%d" height="%d" fill="white"/>
        """
            .formatted(width, height, width, height)
        + map.svg
        + "</svg>\n";
  }

  private void draw(InterferenceResult result, int top) {
    Interference interference = result.interference();
    int n = interference.tasks().size();
    int left = MARGIN + LABELS;
    int first = top + TITLE + LABELS;
    text(MARGIN, top + 16, "start", "black", 0, result.adapter() + ": effect of a row's adapter");
    for (int i = 0; i < n; i++) {
      String task = interference.tasks().get(i);
      int middle = i * CELL + CELL / 2;
      text(left - 6, first + middle + 4, "end", "black", 0, task);
      text(left + middle + 4, first - 6, "start", "black", -60, task);
      for (int j = 0; j < n; j++) {
        cell(left + j * CELL, first + i * CELL, interference.relative(i, j));
      }
    }
  }

  private void cell(int x, int y, double value) {
    double share = Double.isFinite(value) ? Math.min(1, value) : 0;
    svg.append(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#999\"/>\n"
            .formatted(x, y, CELL, CELL, colour(share)));
    String number = Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "n/a";
    text(x + CELL / 2, y + CELL / 2 + 4, "middle", share > 0.55 ? "white" : "black", 0, number);
  }

  /** From white through orange to a dark red. */
  private static String colour(double share) {
    int red = (int) Math.round(255 - 115 * Math.max(0, share - 0.5) * 2);
    int green = (int) Math.round(255 - 215 * share);
    int blue = (int) Math.round(255 - 230 * Math.min(1, 2 * share));
    return String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
  }

  private void text(int x, int y, String anchor, String fill, int turned, String words) {
    String turn = turned == 0 ? "" : " transform=\"rotate(%d %d %d)\"".formatted(turned, x, y);
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>\n"
            .formatted(x, y, anchor, fill, turn, words));
  }
}
