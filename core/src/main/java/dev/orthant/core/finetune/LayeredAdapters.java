package dev.orthant.core.finetune;

import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.train.Coto;
import dev.orthant.core.train.NamedParameter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The adapters of a model by layer, of which each takes part with all of them or rests. */
final class LayeredAdapters {

  private final List<NamedParameter> parameters;
  private final List<AdapterSet> layers; // the adapters of each layer that has some

  LayeredAdapters(List<Site> sites, AdapterSet adapters) {
    List<NamedParameter> all = new ArrayList<>();
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter
                    .parameters()
                    .forEach(p -> all.add(new NamedParameter(module + "." + p.name(), p))));
    this.parameters = List.copyOf(all);
    this.layers = layers(sites, adapters);
  }

  private static List<AdapterSet> layers(List<Site> sites, AdapterSet adapters) {
    Map<Integer, Map<String, Adapter>> byLayer = new TreeMap<>();
    for (Site site : sites) {
      Adapter adapter = adapters.of(site.module());
      if (adapter != null) {
        byLayer
            .computeIfAbsent(site.layer(), layer -> new LinkedHashMap<>())
            .put(site.module(), adapter);
      }
    }
    return byLayer.values().stream().map(AdapterSet::new).toList();
  }

  /** The parameters of all adapters, named by module. */
  List<NamedParameter> parameters() {
    return parameters;
  }

  /** Whether there is nothing to draw from. */
  boolean isEmpty() {
    return layers.isEmpty();
  }

  /** Draws the layers that take part and makes their adapters a pass' own; those that rest. */
  Set<Parameter> activate(Pass pass, double probability, long seed) {
    BitSet drawn = Coto.draw(layers.size(), probability, seed);
    Map<String, Adapter> active = new LinkedHashMap<>();
    Set<Parameter> resting = new HashSet<>();
    for (int i = 0; i < layers.size(); i++) {
      if (drawn.get(i)) {
        active.putAll(layers.get(i).byModule());
      } else {
        resting.addAll(layers.get(i).parameters());
      }
    }
    AdapterSet taking = new AdapterSet(active);
    taking.parameters().forEach(resting::remove); // some are shared by several layers
    pass.adapters(taking);
    return resting;
  }
}
