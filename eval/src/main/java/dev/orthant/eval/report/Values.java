package dev.orthant.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orthant.eval.metrics.Interval;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Values as the page has them: numbers of six significant digits, null for what is not finite, an
 * interval as {@code [mean, half width]} if its half width is known.
 */
final class Values {

  private static final MathContext DIGITS = new MathContext(6);

  private Values() {}

  static JsonNode of(String text) {
    return TextNode.valueOf(text);
  }

  static JsonNode of(double value) {
    if (!Double.isFinite(value)) {
      return NullNode.getInstance();
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    return DecimalNode.valueOf(rounded.scale() < 0 ? rounded.setScale(0) : rounded);
  }

  static JsonNode of(Interval interval) {
    if (!Double.isFinite(interval.halfWidth()) || !Double.isFinite(interval.mean())) {
      return of(interval.mean());
    }
    return array().add(of(interval.mean())).add(of(interval.halfWidth()));
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }
}
