package dev.orthant.core.finetune;

import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.Coto;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainableModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A classifier with adapters, as the training loop sees it. */
public final class ClassifierModel implements TrainableModel {

  private final SequenceClassifier classifier;
  private final Pass pass;
  private final List<NamedParameter> parameters;
  private final List<AdapterSet> layers; // the adapters of each layer that has some

  /**
   * @param pass of these adapters; used by one thread at a time
   */
  public ClassifierModel(SequenceClassifier classifier, AdapterSet adapters, Pass pass) {
    this.classifier = classifier;
    this.pass = pass;
    List<NamedParameter> all = new ArrayList<>();
    adapters
        .byModule()
        .forEach(
            (module, adapter) ->
                adapter
                    .parameters()
                    .forEach(p -> all.add(new NamedParameter(module + "." + p.name(), p))));
    classifier.head().parameters().forEach(p -> all.add(new NamedParameter("head." + p.name(), p)));
    this.parameters = List.copyOf(all);
    this.layers = layers(classifier.encoder().sites(), adapters);
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

  @Override
  public List<NamedParameter> parameters() {
    return parameters;
  }

  /** Of the layers that have adapters, each takes part with all of its adapters or rests. */
  @Override
  public Set<Parameter> activate(double probability, long seed) {
    if (layers.isEmpty()) {
      return TrainableModel.super.activate(probability, seed);
    }
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

  @Override
  public double lossAndGradients(Batch batch, float[] labels, float scale, long seed) {
    pass.training(true, seed);
    return classifier.lossAndGradients(pass, batch, labels, scale);
  }
}
