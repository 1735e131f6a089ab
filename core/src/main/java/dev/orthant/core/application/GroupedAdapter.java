package dev.orthant.core.application;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Different deltas for different rows of a batch: the frozen layer's product is computed for all of
 * them together, and what the adapters add for each group of rows by itself. For inference.
 */
final class GroupedAdapter implements Adapter {

  /**
   * Neighbouring rows with one adaptation.
   *
   * @param from the first row
   * @param to the row after the last one
   */
  record Group(int from, int to, Adaptation adaptation) {}

  /** What one group adds at this module. */
  private record Part(int from, int to, Adapter adapter) {}

  private final List<Part> parts;

  private GroupedAdapter(List<Part> parts) {
    this.parts = parts;
  }

  /** The adapters of a batch whose rows are in these groups. */
  static AdapterSet of(List<Group> groups) {
    if (groups.size() == 1) {
      return groups.get(0).adaptation().adapters();
    }
    Map<String, List<Part>> byModule = new LinkedHashMap<>();
    for (Group group : groups) {
      group
          .adaptation()
          .adapters()
          .byModule()
          .forEach(
              (module, adapter) ->
                  byModule
                      .computeIfAbsent(module, m -> new ArrayList<>())
                      .add(new Part(group.from(), group.to(), adapter)));
    }
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    byModule.forEach((module, parts) -> adapters.put(module, new GroupedAdapter(parts)));
    return new AdapterSet(adapters);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    if (y != base) {
      y.assign(base);
    }
    for (Part part : parts) {
      INDArray own = rows(y, part.from(), part.to());
      part.adapter().forward(context, rows(x, part.from(), part.to()), own, own);
    }
  }

  /** Rows of a matrix, without a copy. */
  static INDArray rows(INDArray matrix, int from, int to) {
    long width = matrix.size(1);
    return Nd4j.create(
        matrix.data(),
        new long[] {to - from, width},
        new long[] {width, 1},
        matrix.offset() + from * width,
        'c');
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    throw new UnsupportedOperationException("rows with adapters of their own are not trained");
  }

  @Override
  public Delta delta() {
    throw new UnsupportedOperationException("rows with adapters of their own have no one delta");
  }

  @Override
  public AdapterExport export() {
    throw new UnsupportedOperationException("rows with adapters of their own are not exported");
  }
}
