package dev.orthant.core.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a record's constructor which numbers it refuses for one component while all others have
 * their defaults.
 *
 * <p>So what is told of a range is what the constructor says when it refuses, and a bound is told
 * only if the constructor refuses what lies beyond it: neither can differ from the check itself.
 */
final class FieldProbe {

  private static final double[] PROBES = {
    -1e9, -1000, -1, -0.5, 0, 1e-9, 0.5, 1, 1.5, 2, 3, 4, 5, 1000, 1e9
  };
  private static final double[] BEYOND = {1, 1000, 1e9};
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(e-?\\d+)?");

  private final RecordType record;
  private final @Nullable Object[] values;
  private final int index;

  /**
   * @param defaults an instance of the record; null if the component is its only one
   */
  FieldProbe(RecordType record, @Nullable Object defaults, int index) {
    this.record = record;
    this.values =
        defaults == null
            ? new Object[1]
            : record.fields().stream().map(field -> field.valueIn(defaults)).toArray();
    this.index = index;
  }

  /** What the constructor requires of the component, in its own words; empty if nothing. */
  List<String> rules() {
    Set<String> rules = new LinkedHashSet<>();
    for (double probe : isNumber() ? PROBES : new double[0]) {
      refusal(probe)
          .filter(message -> values.length == 1 || record.indexNamedBy(message) == index)
          .map(FieldProbe::withoutValue)
          .map(this::withoutName)
          .ifPresent(rules::add);
    }
    return List.copyOf(rules);
  }

  /** The bounds that the constructor keeps to, as far as its own words give them away. */
  Bounds bounds() {
    List<String> rules = rules();
    if (rules.isEmpty() || rules.stream().anyMatch(this::dependsOnOthers)) {
      return Bounds.NONE;
    }
    Double least = null;
    Double greatest = null;
    for (double candidate : candidates(rules)) {
      if (least == null && isEnd(candidate, -1)) {
        least = candidate;
      }
      if (greatest == null && isEnd(candidate, 1)) {
        greatest = candidate;
      }
    }
    return new Bounds(
        least, least != null && refuses(least), greatest, greatest != null && refuses(greatest));
  }

  /** Whether everything tried on one side of a number is refused, and it or the next is not. */
  private boolean isEnd(double number, int side) {
    boolean beyond =
        refuses(next(number, side))
            && Arrays.stream(BEYOND).allMatch(distance -> refuses(number + side * distance));
    return beyond && !(refuses(number) && refuses(next(number, -side)));
  }

  private double next(double number, int side) {
    if (isWhole()) {
      return number + side;
    }
    if (type() == float.class || type() == Float.class) {
      return side > 0 ? Math.nextUp((float) number) : Math.nextDown((float) number);
    }
    return side > 0 ? Math.nextUp(number) : Math.nextDown(number);
  }

  private boolean refuses(double number) {
    return refusal(number).isPresent();
  }

  /** The message of the refusal; empty also for what the type cannot hold. */
  private Optional<String> refusal(double number) {
    if (isWhole() && (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE)) {
      return Optional.empty();
    }
    @Nullable Object[] tried = values.clone();
    tried[index] = boxed(number);
    try {
      record.construct(tried);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Number boxed(double number) {
    Class<?> type = type();
    if (type == int.class || type == Integer.class) {
      return (int) number;
    }
    if (type == long.class || type == Long.class) {
      return (long) number;
    }
    return type == float.class || type == Float.class ? (Number) (float) number : number;
  }

  private boolean isNumber() {
    return NumberDecoder.supports(type());
  }

  private boolean isWhole() {
    return NumberDecoder.isWhole(type());
  }

  private Class<?> type() {
    return record.fields().get(index).rawType();
  }

  private boolean dependsOnOthers(String rule) {
    List<String> words = Arrays.asList(rule.split("[^A-Za-z0-9_]+"));
    for (int i = 0; i < record.fields().size(); i++) {
      Field field = record.fields().get(i);
      boolean named = words.contains(field.key()) || words.contains(field.component().getName());
      if (i != index && named) {
        return true;
      }
    }
    return false;
  }

  private static Set<Double> candidates(List<String> rules) {
    Set<Double> candidates = new LinkedHashSet<>();
    for (String rule : rules) {
      Matcher number = NUMBER.matcher(rule);
      while (number.find()) {
        candidates.add(Double.valueOf(number.group()));
      }
    }
    candidates.add(0.0); // "positive"
    return candidates;
  }

  /** {@code density must be in (0, 1], was 1.5} without the value. */
  private static String withoutValue(String message) {
    int was = message.lastIndexOf(", was ");
    return was < 0 ? message : message.substring(0, was);
  }

  private String withoutName(String message) {
    List<String> starts = new ArrayList<>();
    Field field = record.fields().get(index);
    starts.add(field.key() + " must be ");
    starts.add(field.component().getName() + " must be ");
    for (String start : starts) {
      if (message.startsWith(start)) {
        return message.substring(start.length());
      }
    }
    return message;
  }
}
