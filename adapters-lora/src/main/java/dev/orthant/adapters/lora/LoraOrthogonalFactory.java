package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * LoRA whose factors both start at random and all the same with a delta of zero: with Q a random
 * orthogonal matrix [rank, rank],
 *
 * <pre>
 *   A = 0.1 (Q's rows 1, 3, ..)' G_A    [rank, dIn],   G_A [rank/2, dIn] normal
 *   B = 0.1 G_B (Q's rows 2, 4, ..)     [dOut, rank],  G_B [dOut, rank/2] normal
 *   delta = scaling * B A
 * </pre>
 *
 * <p>B A is zero because rows of Q are orthogonal to each other; in single precision what is left
 * of it is about 1e-8 of the factors' norms. As B is not zero, A has a gradient from the first step
 * on. The rule is PEFT's {@code init_lora_weights="orthogonal"}.
 */
public final class LoraOrthogonalFactory implements AdapterFactory<LoraOrthogonalConfig> {

  private static final double SCALE = 0.1;

  /** For {@link java.util.ServiceLoader}. */
  public LoraOrthogonalFactory() {}

  @Override
  public String name() {
    return "lora-orthogonal";
  }

  @Override
  public String summary() {
    return "LoRA whose factors both start at random, and at a product of zero";
  }

  @Override
  public LoraOrthogonalConfig defaults() {
    return LoraOrthogonalConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(
        new Reference("LoRA: Low-Rank Adaptation of Large Language Models", "2106.09685"));
  }

  @Override
  public Map<String, LoraOrthogonalConfig> plan(LoraOrthogonalConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(LoraOrthogonalConfig config) {
    return config.rank();
  }

  @Override
  public Optional<String> refusesBasis() {
    return Optional.of("A and B start at random together, so that their product is zero");
  }

  @Override
  public Adapter create(LoraOrthogonalConfig config, AdapterSite site) {
    int rank = config.rank();
    RandomGenerator random = site.random();
    Matrix q = gaussian(random, rank, rank).qr().q();
    Matrix a = every(q, 0).transposeTimes(gaussian(random, rank / 2, site.site().dIn()));
    Matrix b = gaussian(random, site.site().dOut(), rank / 2).times(every(q, 1));
    return new LoraAdapter(
        config.settings(),
        Parameter.trainable(LowRankFactors.A, a.scaled(SCALE).toArray()),
        Parameter.trainable(LowRankFactors.B, b.scaled(SCALE).toArray()));
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.of(
        AdapterLaw.IDENTITY_TO_ROUNDING_AT_START,
        AdapterLaw.WHOLE_GRADIENTS,
        AdapterLaw.LINEAR_IN_ALPHA,
        AdapterLaw.RANK_BOUNDED);
  }

  /** Every second row, from the first or the second on. */
  private static Matrix every(Matrix rows, int first) {
    int n = rows.columns();
    double[] values = new double[rows.rows() / 2 * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.at(2 * (i / n) + first, i % n);
    }
    return new Matrix(values.length / n, n, values);
  }

  private static Matrix gaussian(RandomGenerator random, int rows, int columns) {
    double[] values = new double[rows * columns];
    Arrays.setAll(values, i -> random.nextGaussian());
    return new Matrix(rows, columns, values);
  }
}
