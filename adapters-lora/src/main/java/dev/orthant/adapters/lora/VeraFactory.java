package dev.orthant.adapters.lora;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * VeRA: trained vectors scale the rows of frozen random matrices, which all modules of one shape
 * share,
 *
 * <pre>
 *   delta = diag(b) B diag(d) A,   A [rank, dIn] and B [dOut, rank] frozen and random
 *   d [rank] starts at firstD,     b [dOut] at zero
 * </pre>
 *
 * <p>It trains rank + dOut numbers a module. A and B are uniform within +-sqrt(6 / columns)
 * (Kaiming's rule for ReLU) and a function of the configuration alone, so that they need not be
 * saved. The delta is exported as plain LoRA of the same rank, with the vectors multiplied into A
 * and B.
 *
 * <p>Kopiczko et al., "VeRA: Vector-based Random Matrix Adaptation", section 3.
 */
public final class VeraFactory implements AdapterFactory<VeraConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public VeraFactory() {}

  @Override
  public String name() {
    return "vera";
  }

  @Override
  public String summary() {
    return "trained scales around frozen random matrices that all modules share";
  }

  @Override
  public VeraConfig defaults() {
    return VeraConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("VeRA: Vector-based Random Matrix Adaptation", "2310.11454"));
  }

  @Override
  public Map<String, VeraConfig> plan(VeraConfig config, List<Site> sites) {
    return config.settings().plan(sites, (rank, alpha) -> config);
  }

  @Override
  public int rank(VeraConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("its A is a random matrix that all modules share");
  }

  @Override
  public Adapter create(VeraConfig config, AdapterSite site) {
    int rank = config.rank();
    int dIn = site.site().dIn();
    int dOut = site.site().dOut();
    INDArray a = site.shared("vera A " + dIn, () -> random(config, "A", rank, dIn));
    INDArray b =
        site.shared("vera B " + dOut, () -> random(config, "B", dOut, rank).transpose().dup('c'));
    return new VeraAdapter(config, a, b);
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.of(
        AdapterLaw.IDENTITY_AT_START,
        AdapterLaw.IDENTITY_TO_ROUNDING_AT_START,
        AdapterLaw.WHOLE_GRADIENTS,
        AdapterLaw.RANK_BOUNDED);
  }

  /** Element (i, j) depends on the key, the name and its place only. */
  private static INDArray random(VeraConfig config, String name, int rows, int columns) {
    CounterRandom random = CounterRandom.of(config.projectionSeed(), "vera", name);
    double bound = Math.sqrt(6.0 / columns);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      long place = ((long) (i / columns) << 32) + i % columns;
      values[i] = (float) (bound * (2 * random.uniform(place) - 1));
    }
    return Nd4j.createFromArray(values).reshape('c', rows, columns);
  }
}
