package dev.orthant.core.application;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.plugin.Catalog;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/** Opens base models, and closes those that are still open in the end. */
public final class Models implements AutoCloseable {

  private final Supplier<Kernels> kernels;
  private final Architectures architectures;
  private final Catalog catalog;
  private final ConfigDecoder decoder;
  private final Set<BaseModel> open = Collections.newSetFromMap(new WeakHashMap<>());
  private boolean closed;

  /**
   * @param kernels asked for with the first model, since they start the native backend
   * @param architectures read model folders
   * @param catalog where components are looked up
   * @param decoder of their settings
   */
  public Models(
      Supplier<Kernels> kernels,
      Architectures architectures,
      Catalog catalog,
      ConfigDecoder decoder) {
    this.kernels = requireNonNull(kernels, "kernels");
    this.architectures = requireNonNull(architectures, "architectures");
    this.catalog = requireNonNull(catalog, "catalog");
    this.decoder = requireNonNull(decoder, "decoder");
  }

  /**
   * Loads a model folder in Hugging Face's layout. Its weights are in memory once, however many
   * adapters and callers use them.
   *
   * @throws dev.orthant.core.checkpoint.CheckpointException if it is not a model that is supported,
   *     saying why
   * @throws IllegalStateException if this is closed
   */
  public BaseModel open(Path folder) {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("models cannot be opened any more: Orthant is closed");
      }
    }
    BaseModel model =
        BaseModel.open(folder, new ModelContext(kernels.get(), architectures, catalog, decoder));
    synchronized (this) {
      if (!closed) {
        open.add(model);
        return model;
      }
    }
    model.close();
    throw new IllegalStateException("Orthant was closed while %s was opened".formatted(folder));
  }

  /** Closes the models that are open, each when no request runs with it. */
  @Override
  public void close() {
    List<BaseModel> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open);
      open.clear();
    }
    left.forEach(BaseModel::close);
  }
}
