package dev.orthant.core.nn;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A fixed delta, such as a merged one: {@code y = base + x delta'}. A low-rank delta is applied
 * factor by factor. There is nothing to train.
 */
public final class DeltaAdapter implements Adapter {

  private static final String HIDDEN = "hidden";

  private final Delta delta;

  /**
   * An adapter that adds a delta.
   *
   * @param delta of a matrix [dOut, dIn]; not to be modified afterwards
   */
  public DeltaAdapter(Delta delta) {
    requireNonNull(delta, "delta");
    if (delta.shape().length != 2) {
      throw new ShapeMismatchException("delta", new long[] {-1, -1}, delta.shape());
    }
    this.delta = delta;
  }

  /** An adapter for each delta, by module path. */
  public static AdapterSet adapters(Map<String, ? extends Delta> deltas) {
    Map<String, Adapter> byModule = new LinkedHashMap<>();
    deltas.forEach((module, delta) -> byModule.put(module, new DeltaAdapter(delta)));
    return new AdapterSet(byModule);
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
    if (delta instanceof LoraDelta low) {
      INDArray h = context.scratch(HIDDEN, x.size(0), low.rank()); // [n, rank]
      context.ops().gemm(x, false, low.a(), true, 1f, 0f, h);
      context.ops().gemm(h, false, low.b(), true, (float) low.scaling(), 1f, y);
    } else if (delta instanceof DenseDelta dense) {
      context.ops().gemm(x, false, dense.values(), true, 1f, 1f, y);
    }
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    if (!needsInputGradient) {
      return;
    }
    if (delta instanceof LoraDelta low) {
      INDArray g = context.scratch(HIDDEN, x.size(0), low.rank()); // [n, rank]
      context.ops().gemm(dy, false, low.b(), false, (float) low.scaling(), 0f, g);
      context.ops().gemm(g, false, low.a(), false, 1f, 1f, dx);
    } else if (delta instanceof DenseDelta dense) {
      context.ops().gemm(dy, false, dense.values(), false, 1f, 1f, dx);
    }
  }

  @Override
  public Delta delta() {
    return delta;
  }

  /**
   * The two factors, for a low-rank delta; alpha is chosen to give its scaling.
   *
   * @throws IllegalStateException for a dense delta, which PEFT has no format for
   */
  @Override
  public AdapterExport export() {
    if (!(delta instanceof LoraDelta low)) {
      throw new IllegalStateException(
          "a dense delta has no low-rank form to export; compress it first");
    }
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", low.a().dup('c'));
    tensors.put("lora_B.weight", low.b().dup('c'));
    return new AdapterExport(tensors, low.rank(), low.scaling() * low.rank(), false, 0.0, Map.of());
  }
}
