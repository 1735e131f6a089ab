package dev.orthant.core.merge;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapter;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.checkpoint.TokenRows;
import dev.orthant.core.checkpoint.WeightLayout;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A base model with all that one adapter changes, as PEFT's {@code merge_and_unload} leaves it:
 * weights plus deltas, biases plus those of B, and in place of the base's own the tensors and the
 * rows of embeddings that were trained whole. Those that the base does not have, such as a
 * classifier's, are added.
 */
public final class AdaptedTensors implements DerivedTensors {

  private static final String WEIGHT = ".weight";
  private static final String OUTPUT = "lm_head.weight";

  private final TensorSource base;
  private final Map<String, Delta> deltas; // by tensor, as the base stores it
  private final Map<String, INDArray> biases = new LinkedHashMap<>(); // by tensor, added
  private final Map<String, INDArray> replaced = new LinkedHashMap<>(); // by tensor
  private final Map<String, TokenRows> rows = new LinkedHashMap<>(); // by tensor

  private AdaptedTensors(TensorSource base, Map<String, Delta> deltas) {
    this.base = base;
    this.deltas = deltas;
  }

  /**
   * @param base the model; it has to stay open
   * @throws ShapeMismatchException if something does not have the shape of what it changes
   * @throws IllegalArgumentException if the model lacks a module, or its bias where that is changed
   */
  public static AdaptedTensors of(HuggingFaceCheckpoint base, PeftAdapter adapter) {
    WeightLayout layout = WeightLayout.of(base.config(), adapter.config().fanInFanOut());
    TensorSource linear = layout.linear(base);
    List<String> modules =
        base.names().stream()
            .filter(name -> name.endsWith(WEIGHT))
            .map(name -> name.substring(0, name.length() - WEIGHT.length()))
            .toList();
    Map<String, Delta> deltas = new LinkedHashMap<>();
    layout
        .stored(adapter.weightDeltas(modules, module -> linear.read(module + WEIGHT)))
        .forEach((module, delta) -> deltas.put(module + WEIGHT, delta));
    AdaptedTensors adapted = new AdaptedTensors(base, deltas);
    deltas.forEach((tensor, delta) -> adapted.requireShape(tensor, delta.shape()));
    adapter
        .biasDeltas()
        .forEach(
            (module, bias) -> {
              String tensor = PeftAdapter.nameIn(base.names(), module + ".bias");
              adapted.requireShape(tensor, bias.shape());
              adapted.biases.put(tensor, bias);
            });
    Map<String, TokenRows> rows = adapter.tokenRows();
    rows.forEach(adapted::replaceRows);
    adapter
        .saved()
        .forEach(
            (name, array) -> {
              if (rows.keySet().stream().noneMatch(module -> isRowsOf(module, name))) {
                adapted.replace(name, array);
              }
            });
    return adapted;
  }

  private static boolean isRowsOf(String module, String name) {
    return name.startsWith(module + ".token_adapter.");
  }

  private void replaceRows(String module, TokenRows some) {
    String tensor = PeftAdapter.nameIn(base.names(), module + WEIGHT);
    long[] shape = base.info(tensor).shape();
    boolean fits =
        shape.length == 2
            && shape[1] == some.rows().size(1)
            && some.tokens().stream().allMatch(token -> token < shape[0]);
    if (!fits) {
      throw new IllegalArgumentException(
          "tensor '%s' %s of the base has no rows %s of %d numbers"
              .formatted(tensor, Arrays.toString(shape), some.tokens(), some.rows().size(1)));
    }
    rows.put(tensor, some);
  }

  private void replace(String name, INDArray array) {
    Optional<String> there = namedInBase(name);
    there.ifPresent(tensor -> requireShape(tensor, array.shape()));
    replaced.put(there.orElse(name), array);
  }

  private Optional<String> namedInBase(String name) {
    if (base.names().contains(name)) {
      return Optional.of(name);
    }
    List<String> same =
        base.names().stream()
            .filter(b -> name.endsWith("." + b) || b.endsWith("." + name))
            .toList();
    return same.size() == 1 ? Optional.of(same.get(0)) : Optional.empty();
  }

  private void requireShape(String tensor, long[] shape) {
    long[] expected = base.info(tensor).shape();
    if (!Arrays.equals(expected, shape)) {
      throw new ShapeMismatchException(tensor, expected, shape);
    }
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(base.names());
    names.addAll(replaced.keySet());
    return Collections.unmodifiableSet(names);
  }

  @Override
  public TensorInfo info(String name) {
    INDArray array = replaced.get(name);
    return array == null || base.names().contains(name)
        ? base.info(name)
        : new TensorInfo(Dtype.F32, array.shape(), 0, Float.BYTES * array.length());
  }

  @Override
  public Set<String> changed() {
    Set<String> changed = new LinkedHashSet<>(names());
    changed.removeIf(
        name ->
            !deltas.containsKey(name)
                && !biases.containsKey(name)
                && !replaced.containsKey(name)
                && !rows.containsKey(name));
    return Collections.unmodifiableSet(changed);
  }

  /** {@inheritDoc} A replaced tensor with a delta on it is the replacement plus the delta. */
  @Override
  public INDArray read(String name) {
    INDArray array = replaced.containsKey(name) ? replaced.get(name).dup('c') : base.read(name);
    if (deltas.containsKey(name)) {
      array.addi(deltas.get(name).dense());
    }
    if (biases.containsKey(name)) {
      array.addi(biases.get(name));
    }
    if (rows.containsKey(name)) {
      TokenRows some = rows.get(name);
      for (int i = 0; i < some.tokens().size(); i++) {
        array.putRow(some.tokens().get(i), some.rows().getRow(i));
      }
    }
    return array;
  }

  /** Whether the output matrix, which the base shares with the embedding, is one of its own now. */
  public boolean untiesOutput() {
    return replaced.containsKey(OUTPUT) && !base.names().contains(OUTPUT);
  }
}
