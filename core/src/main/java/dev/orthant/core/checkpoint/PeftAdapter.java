package dev.orthant.core.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.lowrank.WeightDecomposition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An adapter as PEFT stores it.
 *
 * @param config what the tensors mean
 * @param modules path of a module in the base model to its tensors, by the rest of their keys:
 *     {@code lora_A.weight} [rank, dIn] and {@code lora_B.weight} [dOut, rank], and {@code
 *     lora_magnitude_vector} [dOut] if it is of DoRA or {@code lora_B.bias} [dOut]; or {@code
 *     lora_embedding_A} [rank, words] and {@code lora_embedding_B} [dOut, rank]
 * @param saved tensors that replace the base model's of the same name, such as {@code
 *     classifier.weight}
 * @param warnings what was noticed when it was read, one line each
 */
public record PeftAdapter(
    PeftConfig config,
    Map<String, Map<String, INDArray>> modules,
    Map<String, INDArray> saved,
    List<String> warnings) {

  static final String A = "lora_A.weight";
  static final String B = "lora_B.weight";
  static final String B_BIAS = "lora_B.bias";
  static final String MAGNITUDE = "lora_magnitude_vector";
  static final String EMBEDDING_A = "lora_embedding_A";
  static final String EMBEDDING_B = "lora_embedding_B";

  /** Copies the maps, not the arrays. */
  public PeftAdapter {
    Map<String, Map<String, INDArray>> copy = new LinkedHashMap<>();
    modules.forEach(
        (module, tensors) ->
            copy.put(module, Collections.unmodifiableMap(new LinkedHashMap<>(tensors))));
    modules = Collections.unmodifiableMap(copy);
    saved = Collections.unmodifiableMap(new LinkedHashMap<>(saved));
    warnings = List.copyOf(warnings);
  }

  /** An adapter without warnings. */
  public PeftAdapter(
      PeftConfig config, Map<String, Map<String, INDArray>> modules, Map<String, INDArray> saved) {
    this(config, modules, saved, List.of());
  }

  /**
   * Whether its deltas depend on the base weights, as those of DoRA, and of PiSSA and OLoRA where
   * they were not converted; then only {@link #deltas(Collection, Function)} gives them.
   */
  public boolean needsBaseWeights() {
    return config.usesDora() || config.residualStart().isPresent();
  }

  /**
   * What it adds to each module's weight [dOut, dIn], under the names that a base model has for the
   * modules; see {@link #deltas(Collection)}. Dense for DoRA, low-rank for all others; of twice the
   * rank where PEFT takes the start of the factors out of the base.
   *
   * @param baseModules paths of the base model's modules
   * @param baseWeights the weights [dOut, dIn] of such a module, asked where they are needed only
   * @throws IllegalArgumentException if a module is not there, or two become one, or the weights do
   *     not fit, or the adapter changes biases, too
   */
  public Map<String, Delta> deltas(
      Collection<String> baseModules, Function<String, INDArray> baseWeights) {
    requireWeightsOnly();
    return weightDeltas(baseModules, baseWeights);
  }

  /**
   * As {@link #deltas(Collection, Function)}, for those who see to {@link #biasDeltas()} and {@link
   * #saved()} themselves.
   */
  public Map<String, Delta> weightDeltas(
      Collection<String> baseModules, Function<String, INDArray> baseWeights) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    named(baseModules)
        .forEach(
            (inBase, module) -> {
              try {
                deltas.put(inBase, deltaOn(() -> baseWeights.apply(inBase), module));
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                    "module '%s' of the adapter: %s".formatted(module, e.getMessage()), e);
              }
            });
    return deltas;
  }

  /**
   * The tensors that it puts in place of a base model's. The untrained table of an embedding, which
   * PEFT saves beside an adapter for it, is none.
   *
   * @param base whose names may differ in front
   */
  public Set<String> replacements(TensorSource base) {
    Set<String> replacements = new TreeSet<>();
    saved.forEach(
        (name, tensor) -> {
          boolean same =
              base.names().stream()
                  .filter(b -> b.equals(name) || name.endsWith("." + b) || b.endsWith("." + name))
                  .anyMatch(
                      b ->
                          Arrays.equals(base.info(b).shape(), tensor.shape())
                              && hasSameBits(base.read(b), tensor));
          if (!same) {
            replacements.add(name);
          }
        });
    return replacements;
  }

  static boolean hasSameBits(INDArray one, INDArray other) {
    return Arrays.equals(one.shape(), other.shape())
        && Arrays.equals(one.data().asFloat(), other.data().asFloat());
  }

  /** The modules that are embeddings. */
  public Set<String> embeddings() {
    return modules.keySet().stream()
        .filter(module -> tensorsOf(module).containsKey(EMBEDDING_A))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * What it adds to each module's bias, {@code scaling * b} [dOut], where B has a bias b of its own
   * ({@code lora_bias}).
   */
  public Map<String, INDArray> biasDeltas() {
    Map<String, INDArray> deltas = new LinkedHashMap<>();
    modules.forEach(
        (module, tensors) -> {
          INDArray bias = tensors.get(B_BIAS);
          if (bias != null) {
            deltas.put(module, bias.mul(config.scalingOf(module)));
          }
        });
    return deltas;
  }

  /**
   * Rows of embeddings that it replaces, by the embedding's path.
   *
   * @throws IllegalArgumentException if the configuration and the tensors contradict each other
   */
  public Map<String, TokenRows> tokenRows() {
    return TokenRows.of(config, saved);
  }

  /** Deltas of weights must not be taken for the whole of an adapter that changes more. */
  private void requireWeightsOnly() {
    List<String> others = new ArrayList<>();
    modules.forEach(
        (module, tensors) -> {
          if (tensors.containsKey(B_BIAS)) {
            others.add(module + "." + B_BIAS);
          }
        });
    saved.keySet().stream()
        .filter(name -> !config.bias().equals("none") && name.endsWith(".bias"))
        .filter(name -> !config.savesWhole(name))
        .forEach(others::add);
    saved.keySet().stream().filter(name -> name.endsWith(TokenRows.ENDING)).forEach(others::add);
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "the adapter also changes %d biases or rows of embeddings (%s), which can be put into its base only: orthant import ADAPTER FOLDER --base MODEL"
              .formatted(
                  others.size(),
                  String.join(", ", others.subList(0, Math.min(2, others.size())))
                      + (others.size() > 2 ? ", ..." : "")));
    }
  }

  private Delta deltaOn(Supplier<INDArray> baseWeights, String module) {
    Map<String, INDArray> tensors = new LinkedHashMap<>(tensorsOf(module));
    INDArray magnitude = tensors.remove(MAGNITUDE);
    LoraDelta product = product(module, tensors);
    if (magnitude != null) {
      return WeightDecomposition.delta(baseWeights.get(), product, magnitude);
    }
    Optional<ResidualStart> start = config.residualStart();
    if (start.isEmpty()) {
      return product;
    }
    LoraDelta taken = start.get().of(baseWeights.get(), product.rank(), product.scaling());
    return LowRank.weightedSum(List.of(product, taken), 1, -1);
  }

  private Map<String, INDArray> tensorsOf(String module) {
    return requireNonNull(modules.get(module), module);
  }

  /**
   * What it adds to each module's weight, {@code scaling * B A} [dOut, dIn]; for an embedding the
   * transpose, as its weight is [words, dOut]. The factors are the adapter's own arrays.
   *
   * @throws IllegalStateException if a module has other tensors than LoRA's
   * @throws IllegalArgumentException if the adapter changes biases, too
   */
  public Map<String, LoraDelta> deltas() {
    requireWeightsOnly();
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    modules.forEach((module, tensors) -> deltas.put(module, delta(module, tensors)));
    return deltas;
  }

  /**
   * The deltas under the names that a base model has for the modules. A headed model puts a name in
   * front of all of them ({@code bert.encoder...} and {@code encoder...}); either side may have it.
   *
   * @param baseModules paths of the base model's modules
   * @throws IllegalArgumentException if a module is not there, or two become one
   * @throws IllegalStateException if a module has other tensors than LoRA's
   */
  public Map<String, LoraDelta> deltas(Collection<String> baseModules) {
    requireWeightsOnly();
    Map<String, LoraDelta> deltas = new LinkedHashMap<>();
    named(baseModules)
        .forEach((inBase, module) -> deltas.put(inBase, delta(module, tensorsOf(module))));
    return deltas;
  }

  /** The base model's name of each module to the adapter's. */
  private Map<String, String> named(Collection<String> baseModules) {
    Set<String> there = Set.copyOf(baseModules);
    Map<String, String> named = new LinkedHashMap<>();
    for (String module : modules.keySet()) {
      String inBase = nameIn(there, module);
      if (named.put(inBase, module) != null) {
        throw new IllegalArgumentException(
            "two modules of the adapter are module '%s' of the base model".formatted(inBase));
      }
    }
    return named;
  }

  /**
   * The name that a base model has for something, which may differ in front.
   *
   * @throws IllegalArgumentException if there is none, or more than one
   */
  public static String nameIn(Set<String> baseModules, String module) {
    if (baseModules.contains(module)) {
      return module;
    }
    List<String> candidates =
        baseModules.stream()
            .filter(b -> module.endsWith("." + b) || b.endsWith("." + module))
            .sorted()
            .toList();
    if (candidates.size() != 1) {
      throw new IllegalArgumentException(
          "the adapter's module '%s' is %s of the base model"
              .formatted(
                  module, candidates.isEmpty() ? "not one" : "any of the modules " + candidates));
    }
    return candidates.get(0);
  }

  private LoraDelta delta(String module, Map<String, INDArray> tensors) {
    if (config.residualStart().isPresent()) {
      throw new IllegalStateException(
          "module '%s' was trained on a base from which its start ('%s') was taken, so its delta depends on the base weights"
              .formatted(module, config.extraFields().get(ResidualStart.FIELD)));
    }
    return product(module, tensors);
  }

  /** {@code scaling * B A}. */
  private LoraDelta product(String module, Map<String, INDArray> tensors) {
    double scaling = config.scalingOf(module);
    INDArray a = tensors.get(A);
    INDArray b = tensors.get(B);
    if (a != null && b != null && tensors.size() == (tensors.containsKey(B_BIAS) ? 3 : 2)) {
      return new LoraDelta(b, a, scaling);
    }
    INDArray embeddingA = tensors.get(EMBEDDING_A);
    INDArray embeddingB = tensors.get(EMBEDDING_B);
    if (embeddingA != null && embeddingB != null && tensors.size() == 2) {
      return new LoraDelta(
          embeddingA.transpose().dup('c'), embeddingB.transpose().dup('c'), scaling);
    }
    if (tensors.containsKey(MAGNITUDE)) {
      throw new IllegalStateException(
          "module '%s' is of DoRA, whose delta depends on the base weights and is not of low rank"
              .formatted(module));
    }
    throw new IllegalStateException(
        "module '%s' is not a plain LoRA, it has the tensors %s"
            .formatted(module, tensors.keySet()));
  }

  /**
   * A dense delta in factors, exactly: one factor is the delta, the other the identity of the
   * smaller side. So a result without a low-rank form can be kept in an adapter folder, at the size
   * of the full matrix.
   *
   * @throws IllegalArgumentException if the delta is not a matrix
   */
  public static LoraDelta exactLowRank(DenseDelta delta) {
    long[] shape = delta.shape();
    if (shape.length != 2) {
      throw new IllegalArgumentException(
          "only a matrix has low-rank factors, the delta has %d dimensions"
              .formatted(shape.length));
    }
    INDArray dense = delta.dense().castTo(DataType.FLOAT);
    return shape[0] <= shape[1]
        ? new LoraDelta(identity(shape[0]), dense, 1)
        : new LoraDelta(dense, identity(shape[1]), 1);
  }

  private static INDArray identity(long size) {
    return Nd4j.eye(size).castTo(DataType.FLOAT).dup('c');
  }
}
