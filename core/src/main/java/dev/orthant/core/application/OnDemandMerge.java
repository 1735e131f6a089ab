package dev.orthant.core.application;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.ConfiguredMerge;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A merge of adapters that are in memory. */
final class OnDemandMerge {

  private final ModelContext context;
  private final TensorSource base;

  OnDemandMerge(ModelContext context, TensorSource base) {
    this.context = context;
    this.base = base;
  }

  Adaptation of(String type, String settings, List<TaskAdapter> adapters, double... weights) {
    if (adapters.isEmpty()) {
      throw new IllegalArgumentException("there are no adapters to merge");
    }
    if (weights.length != 0 && weights.length != adapters.size()) {
      throw new IllegalArgumentException(
          "%d adapters to merge but %d weights".formatted(adapters.size(), weights.length));
    }
    List<Adaptation> entered = new ArrayList<>();
    try {
      for (TaskAdapter adapter : adapters) {
        adapter.adaptation().enter();
        entered.add(adapter.adaptation());
      }
      Map<String, Delta> merged =
          new ConfiguredMerge(context.catalog(), context.decoder())
              .engine(spec(type, settings))
              .build()
              .mergeAdapters(inputs(adapters, weights), base)
              .deltas();
      Map<String, Delta> own = new LinkedHashMap<>();
      merged.forEach((module, delta) -> own.put(module, Adaptation.copy(delta)));
      return Adaptation.of(own);
    } finally {
      entered.forEach(Adaptation::exit);
    }
  }

  private MergerSpec spec(String type, String settings) {
    JsonNode tree = context.decoder().parse(settings);
    if (!(tree instanceof ObjectNode keys)) {
      throw new IllegalArgumentException("settings of a merger are keys and values, were " + tree);
    }
    context.catalog().merger(type); // tells an unknown name before unknown keys
    return context
        .decoder()
        .decode(keys.put("name", type).put("type", type), MergerSpec.class, null);
  }

  private static List<AdapterInput> inputs(List<TaskAdapter> adapters, double... weights) {
    List<AdapterInput> inputs = new ArrayList<>();
    for (int i = 0; i < adapters.size(); i++) {
      TaskAdapter adapter = adapters.get(i);
      String name = adapter.task() + "-" + (i + 1); // one task may have several
      AdapterInput input = AdapterInput.of(name, adapter.adaptation().deltas());
      inputs.add(weights.length == 0 ? input : input.withWeight(weights[i]));
    }
    return inputs;
  }
}
