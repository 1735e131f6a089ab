package dev.orthant.eval.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Forecasts as a tree of JSON nodes. */
final class ForecastJson {

  private static final String FORMAT = "orthant-forecast-1";

  private ForecastJson() {}

  static ObjectNode encode(List<Forecast> forecasts) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("format", FORMAT);
    ArrayNode all = root.putArray("forecasts");
    for (Forecast forecast : forecasts) {
      ObjectNode node = all.addObject();
      node.put("adapter", forecast.adapter());
      node.put("merger", forecast.merger());
      node.put("seed", forecast.seed());
      node.put("settings", forecast.settings());
      node.set("mean_retention", ResultsJson.number(forecast.meanRetention()));
      numbers(forecast.disturbances(), node.putArray("disturbances"));
      numbers(forecast.retentions(), node.putArray("retentions"));
    }
    return root;
  }

  private static void numbers(List<Double> values, ArrayNode node) {
    values.forEach(value -> node.add(ResultsJson.number(value)));
  }
}
