package dev.orthant.eval.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.orthant.core.config.ConfigDecoder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A key and the values to try for it, as a part of the unit cube. */
public sealed interface Dimension {

  /** The key. */
  String key();

  /** How many coordinates of the unit cube it takes. */
  int coordinates();

  /**
   * The value at a point.
   *
   * @param point in the unit cube; this dimension's coordinates begin at {@code at}
   */
  JsonNode value(double[] point, int at);

  /** Puts the coordinates of what {@link #value} gives at a point in place of the point's own. */
  void snap(double[] point, int at);

  /** The values of a grid: all there are, or so many of a range. */
  List<JsonNode> grid(int points);

  /**
   * Numbers between two ends, both included, equally likely by value or by logarithm.
   *
   * @param whole whether only whole numbers are tried
   */
  record Range(String key, double low, double high, boolean logarithmic, boolean whole)
      implements Dimension {

    /** Refuses an empty range, and logarithms of what is not positive. */
    public Range {
      if (!(low < high) || Double.isInfinite(low) || Double.isInfinite(high)) {
        throw new IllegalArgumentException(
            "%s must go from a number to a greater one, was %s:%s".formatted(key, low, high));
      }
      if (logarithmic && low <= 0) {
        throw new IllegalArgumentException(
            "%s must begin above 0 to be logarithmic, was %s".formatted(key, low));
      }
    }

    @Override
    public int coordinates() {
      return 1;
    }

    @Override
    public JsonNode value(double[] point, int at) {
      return value(point[at]);
    }

    private JsonNode value(double u) {
      double value =
          logarithmic
              ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)))
              : low + u * (high - low);
      double inside = Math.min(high, Math.max(low, value));
      return whole
          ? LongNode.valueOf(Math.round(inside))
          : DoubleNode.valueOf(u == 0 ? low : u == 1 ? high : rounded(inside));
    }

    /** To four significant digits, which nobody minds typing again. */
    private double rounded(double value) {
      double shown = Double.parseDouble("%.3e".formatted(value));
      return Math.min(high, Math.max(low, shown));
    }

    @Override
    public void snap(double[] point, int at) {
      double value = value(point[at]).asDouble();
      double share =
          logarithmic
              ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
              : (value - low) / (high - low);
      point[at] = Math.min(1, Math.max(0, share));
    }

    @Override
    public List<JsonNode> grid(int points) {
      Set<JsonNode> values = new LinkedHashSet<>();
      for (int i = 0; i < points; i++) {
        values.add(value(points == 1 ? 0.5 : i / (points - 1.0)));
      }
      return List.copyOf(values);
    }
  }

  /** One of some values, none nearer to another than the rest: a coordinate each. */
  record Choice(String key, List<JsonNode> values) implements Dimension {

    /** Copies the list, and refuses less than two values. */
    public Choice {
      values = List.copyOf(new LinkedHashSet<>(values));
      if (values.size() < 2) {
        throw new IllegalArgumentException(
            "%s must have at least two values to choose from, has %s".formatted(key, values));
      }
    }

    @Override
    public int coordinates() {
      return values.size();
    }

    private int chosen(double[] point, int at) {
      int greatest = 0;
      for (int i = 1; i < values.size(); i++) {
        if (point[at + i] > point[at + greatest]) {
          greatest = i;
        }
      }
      return greatest;
    }

    @Override
    public JsonNode value(double[] point, int at) {
      return values.get(chosen(point, at));
    }

    @Override
    public void snap(double[] point, int at) {
      int chosen = chosen(point, at);
      for (int i = 0; i < values.size(); i++) {
        point[at + i] = i == chosen ? 1 : 0;
      }
    }

    @Override
    public List<JsonNode> grid(int points) {
      return values;
    }
  }

  /**
   * Reads {@code key=low:high}, {@code key=low:high:log} or {@code key=value,value,...}.
   *
   * @param whole whether the key takes whole numbers only
   * @throws IllegalArgumentException if it is none of these
   */
  static Dimension parse(String text, boolean whole) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw malformed(text);
    }
    String key = text.substring(0, equals);
    String[] ends = text.substring(equals + 1).split(":", -1);
    if (ends.length == 1) {
      ConfigDecoder decoder = new ConfigDecoder();
      List<JsonNode> values = new ArrayList<>();
      for (String value : ends[0].split(",", -1)) {
        values.add(decoder.parse(value));
      }
      return new Choice(key, values);
    }
    if (ends.length > 3 || (ends.length == 3 && !ends[2].equals("log"))) {
      throw malformed(text);
    }
    try {
      double low = Double.parseDouble(ends[0]);
      double high = Double.parseDouble(ends[1]);
      return new Range(key, low, high, ends.length == 3, whole);
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "expected KEY=LOW:HIGH, KEY=LOW:HIGH:log or KEY=VALUE,VALUE,..., was '%s'".formatted(text));
  }
}
