package dev.orthant.core.application;

import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Remembers what was read, so that it can be freed: the garbage collector is late to. */
final class OwnedTensors implements TensorSource, AutoCloseable {

  private final TensorSource source;
  private final List<INDArray> read = new ArrayList<>();

  OwnedTensors(TensorSource source) {
    this.source = source;
  }

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public TensorInfo info(String name) {
    return source.info(name);
  }

  @Override
  public synchronized INDArray read(String name) {
    INDArray tensor = source.read(name);
    read.add(tensor);
    return tensor;
  }

  /** Frees all that was read. */
  @Override
  public synchronized void close() {
    Memory.free(read);
    read.clear();
  }
}
