package dev.orthant.core.nn;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.text.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one forward and backward pass works with: the operations, the active adapters, and buffers
 * that are reused from pass to pass, so that memory stays flat.
 *
 * <p>A pass belongs to one thread. Weights and adapters are only read in a forward pass, so several
 * passes can run models that share them at the same time. Arrays that a model returns are buffers
 * of the pass: the next pass overwrites them.
 */
public final class Pass implements AutoCloseable {

  private static final int REMEMBERED = 1 << 8; // numbers of tokens

  private final Kernels kernels;
  private AdapterSet adapters;
  private final Buffers buffers = new Buffers();
  private final Map<String, Context> contexts = new HashMap<>();
  private final Map<Layer<?>, @Nullable Remembered[]> remembered = new IdentityHashMap<>();
  private boolean training;
  private boolean checkpointing;
  private long stepSeed;
  private @Nullable FeatureListener listener;
  private @Nullable KeyValueCache cache;

  /** An inference pass; see {@link #training}. */
  public Pass(Kernels kernels, AdapterSet adapters) {
    this.kernels = requireNonNull(kernels, "kernels");
    this.adapters = requireNonNull(adapters, "adapters");
  }

  /**
   * Switches between training, in which dropout is on and what a backward pass needs is kept, and
   * inference.
   *
   * @param on whether to train
   * @param seed of this step's dropout; a backward pass has to be run with the forward pass' seed
   */
  public void training(boolean on, long seed) {
    this.training = on;
    this.stepSeed = seed;
  }

  /**
   * Whether a layer's activations are dropped, but for its output, and computed again in the
   * backward pass (Chen et al., 2016, arXiv:1604.06174).
   */
  public void checkpointing(boolean on) {
    this.checkpointing = on;
  }

  /** See {@link #checkpointing(boolean)}. */
  public boolean isCheckpointing() {
    return checkpointing;
  }

  /** Whether a backward pass can follow. */
  public boolean isTraining() {
    return training;
  }

  /** Who is shown the inputs of the linear layers; null for nobody. */
  public void listener(@Nullable FeatureListener featureListener) {
    this.listener = featureListener;
  }

  /**
   * Where causal models find the keys and values of the tokens before those of a batch, and leave
   * those of the batch; null for none. For inference.
   */
  public void cache(@Nullable KeyValueCache keysAndValues) {
    this.cache = keysAndValues;
  }

  /** See {@link #cache(KeyValueCache)}. */
  public @Nullable KeyValueCache cache() {
    return cache;
  }

  /** The operations. */
  public Kernels kernels() {
    return kernels;
  }

  /** Replaces the active adapters; not between a forward pass and its backward pass. */
  public void adapters(AdapterSet active) {
    this.adapters = requireNonNull(active, "active");
    remembered.clear(); // what a layer keeps depends on them
  }

  /** The active adapters. */
  public AdapterSet adapters() {
    return adapters;
  }

  /**
   * A single-precision buffer. The same name gives the same memory, so asking for another shape
   * ends the use of the array handed out before.
   */
  public INDArray buffer(String name, long... shape) {
    return buffers.get(name, shape);
  }

  /** The size of the buffers; it grows with the largest batch only. */
  public long bytes() {
    return buffers.bytes();
  }

  /** Frees the buffers; the arrays that models returned are no longer valid. */
  @Override
  public void close() {
    buffers.close();
    contexts.clear();
    remembered.clear();
  }

  /** Tells the listener of a new batch: the first thing that a model does in a forward pass. */
  public void begins(Batch batch) {
    if (listener != null) {
      listener.begin(batch);
    }
  }

  /** Tells the listener of the input [tokens, dIn] of a linear layer. */
  public void heard(String module, INDArray x) {
    if (listener != null) {
      listener.input(module, x);
    }
  }

  /** The buffers of a layer, which are looked up by name only the first time, or after growth. */
  @SuppressWarnings("unchecked") // what is remembered of a layer is what it gave
  <S> S saved(Layer<S> layer, int tokens, boolean keep) {
    @Nullable Remembered[] known = remembered.get(layer);
    if (known == null) {
      known = new Remembered[REMEMBERED];
      remembered.put(layer, known);
    }
    int place = tokens & REMEMBERED - 1;
    Remembered last = known[place];
    if (last != null
        && last.tokens == tokens
        && last.keep == keep
        && last.checkpointing == checkpointing
        && last.growths == buffers.growths()) {
      return (S) last.saved;
    }
    S saved = layer.saved(this, tokens, keep);
    known[place] = new Remembered(tokens, keep, checkpointing, buffers.growths(), saved);
    return saved;
  }

  /** What the adapter of a module sees of this pass. */
  public AdapterContext context(String module) {
    Context known = contexts.get(module);
    if (known == null) {
      known = new Context(module);
      contexts.put(module, known);
    }
    return known;
  }

  private final class Context implements AdapterContext {

    private final String module;
    private final List<Scratch> scratches = new ArrayList<>();

    Context(String module) {
      this.module = module;
    }

    @Override
    public boolean training() {
      return training;
    }

    @Override
    public long dropoutSeed() {
      return CounterRandom.seed(stepSeed, module);
    }

    @Override
    public MatrixOps ops() {
      return kernels;
    }

    @Override
    public INDArray scratch(String name, long... shape) {
      for (int i = 0; i < scratches.size(); i++) { // without an iterator: hundreds of times a step
        Scratch known = scratches.get(i);
        if (known.fits(name, shape)) {
          return buffers.get(known.buffer, shape);
        }
      }
      // One buffer for each row shape: only the number of rows differs between passes, so arrays of
      // one pass never invalidate each other.
      long[] row = Arrays.copyOfRange(shape, Math.min(1, shape.length), shape.length);
      Scratch made = new Scratch(name, row, module + "/" + name + Arrays.toString(row));
      scratches.add(made);
      return buffers.get(made.buffer, shape);
    }
  }

  /** The buffer of what an adapter calls by a name and has rows of one shape. */
  private record Scratch(String name, long[] row, String buffer) {

    boolean fits(String wanted, long[] shape) {
      return name.equals(wanted)
          && Arrays.equals(row, 0, row.length, shape, Math.min(1, shape.length), shape.length);
    }
  }

  /** What {@link #saved} remembers of a layer. */
  private record Remembered(
      int tokens, boolean keep, boolean checkpointing, int growths, Object saved) {}
}
