package dev.orthant.core.finetune;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gives fresh adapters the values of a trained one, from which training goes on: every parameter of
 * an adapter of ours of the same kind, or else A and B of a folder that PEFT reads. A mixer between
 * A and B is then the identity, so a plain LoRA goes on as MoSLoRA. What the adapters add to the
 * model is the same before and after.
 */
public final class AdapterStart {

  /** A product of single-precision factors of another scaling, relative to its norm. */
  private static final double ROUNDING = 1e-6;

  private final Path folder;
  private final Transformer encoder;

  private AdapterStart(Path folder, Transformer encoder) {
    this.folder = folder;
    this.encoder = encoder;
  }

  /**
   * Sets the adapters' parameters.
   *
   * @param folder of a trained adapter
   * @param adapters of the encoder, changed in place
   * @throws dev.orthant.core.checkpoint.CheckpointException if a file is missing or broken
   * @throws IllegalArgumentException if the folder's modules, ranks or deltas are not those that
   *     these adapters can have
   */
  public static void apply(Path folder, AdapterSet adapters, Transformer encoder) {
    new AdapterStart(folder, encoder).apply(adapters);
  }

  private void apply(AdapterSet adapters) {
    List<String> modules = encoder.sites().stream().map(Site::module).toList();
    Map<String, Delta> saved = PeftAdapterFolder.read(folder).deltas(modules, encoder::baseWeights);
    if (!saved.keySet().equals(adapters.byModule().keySet())) {
      throw new IllegalArgumentException(
          "%s has adapters at %s, expected %s; choose target_modules alike"
              .formatted(folder, saved.keySet(), adapters.byModule().keySet()));
    }
    boolean restored = restoreState(adapters);
    adapters
        .byModule()
        .forEach(
            (module, adapter) -> {
              Delta delta = saved.get(module);
              if (!restored) {
                setFactors(module, adapter, delta);
              }
              requireSame(module, adapter, delta);
            });
  }

  /** Whether the folder has the parameters of adapters of the same kind, which are then set. */
  private boolean restoreState(AdapterSet adapters) {
    Path file = folder.resolve(AdapterFolder.STATE);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (SafetensorsFile state = SafetensorsFile.open(file)) {
      for (Map.Entry<String, Adapter> entry : adapters.byModule().entrySet()) {
        for (Parameter p : entry.getValue().parameters()) {
          String name = entry.getKey() + "." + p.name();
          if (!state.names().contains(name)
              || !Arrays.equals(state.info(name).shape(), p.value().shape())) {
            return false;
          }
        }
      }
      adapters
          .byModule()
          .forEach(
              (module, adapter) ->
                  adapter
                      .parameters()
                      .forEach(p -> p.value().assign(state.read(module + "." + p.name()))));
    }
    return true;
  }

  private void setFactors(String module, Adapter adapter, Delta saved) {
    Optional<Parameter> a = parameter(adapter, LowRankFactors.A);
    Optional<Parameter> b = parameter(adapter, LowRankFactors.B);
    if (!(saved instanceof LoraDelta factors) || a.isEmpty() || b.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: module '%s' has %s, and only a plain LoRA can become one of another kind"
              .formatted(
                  folder,
                  module,
                  saved instanceof LoraDelta ? "A and B" : "an adapter that is not low-rank"));
    }
    long rank = a.get().value().size(0);
    if (factors.rank() != rank) {
      throw new IllegalArgumentException(
          "%s: module '%s' has rank %d, the adapter to be trained has rank %d"
              .formatted(folder, module, factors.rank(), rank));
    }
    a.get().value().assign(factors.a());
    b.get().value().assign(factors.b());
    parameter(adapter, LowRankFactors.MIXER)
        .filter(Parameter::isTrainable)
        .ifPresent(mixer -> mixer.value().assign(Nd4j.eye(rank)));
    if (adapter.delta() instanceof LoraDelta now && now.scaling() != factors.scaling()) {
      b.get().value().muli(factors.scaling() / now.scaling());
    }
  }

  private void requireSame(String module, Adapter adapter, Delta saved) {
    INDArray expected = saved.dense();
    double difference = adapter.delta().dense().sub(expected).norm2Number().doubleValue();
    double norm = expected.norm2Number().doubleValue();
    if (!(difference <= ROUNDING * norm)) {
      throw new IllegalArgumentException(
          "%s: module '%s' cannot go on as the adapter to be trained, whose delta would differ by %.2g of its norm"
              .formatted(folder, module, difference / norm));
    }
  }

  private static Optional<Parameter> parameter(Adapter adapter, String name) {
    return adapter.parameters().stream().filter(p -> p.name().equals(name)).findFirst();
  }
}
