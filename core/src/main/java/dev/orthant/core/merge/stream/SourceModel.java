package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.BlockBuffer;
import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.SafetensorsFile;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A model that takes part in a merge: an open checkpoint, with adapters folded in as it is read.
 * Safe for use by several threads.
 */
public final class SourceModel {

  private final String name;
  private final HuggingFaceCheckpoint checkpoint;
  private final Map<String, Addend> addends; // by tensor
  private final Map<String, TokenRows> rows; // by tensor

  private SourceModel(
      String name,
      HuggingFaceCheckpoint checkpoint,
      Map<String, Addend> addends,
      Map<String, TokenRows> rows) {
    this.name = name;
    this.checkpoint = checkpoint;
    this.addends = addends;
    this.rows = rows;
  }

  /**
   * A checkpoint as it is.
   *
   * @param name what the user calls it
   * @param checkpoint has to stay open
   */
  public static SourceModel of(String name, HuggingFaceCheckpoint checkpoint) {
    return new SourceModel(name, checkpoint, Map.of(), Map.of());
  }

  /**
   * A checkpoint with deltas on some of its weights.
   *
   * @param deltas by module path; a module's tensor is its path and {@code .weight}
   * @throws IllegalArgumentException if the model lacks a module's weights or they have another
   *     shape, naming all of them
   */
  public static SourceModel of(
      String name, HuggingFaceCheckpoint checkpoint, Map<String, ? extends Delta> deltas) {
    Map<String, Addend> addends = new LinkedHashMap<>();
    StringBuilder problems = new StringBuilder();
    deltas.forEach(
        (module, delta) -> {
          String tensor = module + ".weight";
          if (!checkpoint.names().contains(tensor)) {
            problems.append("; ").append(name).append(" has no tensor '").append(tensor + "'");
          } else if (!Arrays.equals(checkpoint.info(tensor).shape(), delta.shape())) {
            problems.append(
                "; tensor '%s' of %s has shape %s, its delta %s"
                    .formatted(
                        tensor,
                        name,
                        Arrays.toString(checkpoint.info(tensor).shape()),
                        Arrays.toString(delta.shape())));
          } else {
            addends.put(tensor, addend(delta));
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(problems.substring(2));
    }
    return new SourceModel(name, checkpoint, addends, Map.of());
  }

  /** The same model with the rows of some tensors in the order of another vocabulary. */
  public SourceModel withRows(Map<String, TokenRows> rowsOf) {
    return new SourceModel(name, checkpoint, addends, new LinkedHashMap<>(rowsOf));
  }

  private static Addend addend(Delta delta) {
    return delta instanceof LoraDelta lora ? LoraRows.of(lora) : DenseRows.of((DenseDelta) delta);
  }

  /** What the user calls it. */
  public String name() {
    return name;
  }

  /** The checkpoint itself. */
  public HuggingFaceCheckpoint checkpoint() {
    return checkpoint;
  }

  Set<String> names() {
    return checkpoint.names();
  }

  /**
   * The type and the shape of a tensor, in the vocabulary that it is merged in.
   *
   * @throws CheckpointException if there is no such tensor
   */
  public TensorInfo info(String tensor) {
    TensorInfo own = checkpoint.info(tensor);
    TokenRows ofTensor = rows.get(tensor);
    if (ofTensor == null) {
      return own;
    }
    long[] shape = own.shape().clone();
    shape[0] = ofTensor.own().length;
    return new TensorInfo(own.dtype(), shape, own.begin(), own.end());
  }

  /** Whether a tensor is the checkpoint's, byte for byte. */
  boolean isPlain(String tensor) {
    return !addends.containsKey(tensor) && !rows.containsKey(tensor);
  }

  /** Reads some elements, adapters included, in single precision. */
  void read(String tensor, long from, float[] into, int count, BlockBuffer buffer) {
    TokenRows ofTensor = rows.get(tensor);
    if (ofTensor == null) {
      readOwn(tensor, from, into, count, buffer);
    } else {
      TensorInfo own = checkpoint.info(tensor);
      int width = (int) (own.elements() / own.shape()[0]);
      ofTensor.read(this, tensor, width, from, into, count, buffer);
    }
  }

  /** The same in the order of the model's own vocabulary. */
  void readOwn(String tensor, long from, float[] into, int count, BlockBuffer buffer) {
    buffer.read(checkpoint.fileOf(tensor), tensor, from, into, count);
    Addend addend = addends.get(tensor);
    if (addend != null) {
      addend.addTo(into, from, count);
    }
  }

  /** What tells this model from others and from itself at another time, without its bytes. */
  void identify(MessageDigest digest) {
    StringBuilder text = new StringBuilder(name);
    for (SafetensorsFile file : checkpoint.files()) {
      text.append('\n').append(FileState.of(file.path()));
    }
    digest.update(text.toString().getBytes(StandardCharsets.UTF_8));
    addends.forEach(
        (tensor, addend) -> {
          digest.update(tensor.getBytes(StandardCharsets.UTF_8));
          addend.identify(digest);
        });
    rows.forEach(
        (tensor, ofTensor) -> {
          digest.update(tensor.getBytes(StandardCharsets.UTF_8));
          ofTensor.identify(digest);
        });
  }

  /** Something that is added to a tensor. */
  interface Addend {

    /** Tells a digest all of it. */
    void identify(MessageDigest digest);

    /** Adds the elements from an offset on, in row-major order. */
    void addTo(float[] values, long from, int count);
  }
}
