package org.example.orthant;

import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One adapted matrix; see the factory. What it remembers of a pass lies in the context. */
final class PlainLowRank implements Adapter {

  private final PlainLowRankConfig config;
  private final Parameter a; // [rank, dIn]
  private final Parameter b; // [dOut, rank]
  private final float scaling;

  PlainLowRank(PlainLowRankConfig config, Parameter a, Parameter b) {
    this.config = config;
    this.a = a;
    this.b = b;
    this.scaling = (float) (config.alpha() / config.rank());
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(a, b);
  }

  /** {@code h = x A', y = base + scaling * h B'}. */
  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    MatrixOps ops = context.ops();
    INDArray h = hidden(context, x); // [n, rank]
    ops.gemm(x, false, a.value(), true, 1, 0, h);
    if (y != base) {
      y.assign(base);
    }
    ops.gemm(h, false, b.value(), true, scaling, 1, y);
  }

  /** {@code dB += scaling * dy' h, g = scaling * dy B, dA += g' x, dx += g A}. */
  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    MatrixOps ops = context.ops();
    if (b.isTrainable()) {
      ops.gemm(dy, true, hidden(context, x), false, scaling, 1, b.gradient());
    }
    INDArray g = context.scratch("gradient", x.size(0), config.rank()); // [n, rank]
    ops.gemm(dy, false, b.value(), false, scaling, 0, g);
    if (a.isTrainable()) {
      ops.gemm(g, true, x, false, 1, 1, a.gradient());
    }
    if (needsInputGradient) {
      ops.gemm(g, false, a.value(), false, 1, 1, dx);
    }
  }

  @Override
  public LoraDelta delta() {
    return new LoraDelta(b.value().dup('c'), a.value().dup('c'), scaling);
  }

  /** Under these names, Hugging Face PEFT reads it as LoRA. */
  @Override
  public AdapterExport export() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", a.value().dup('c'));
    tensors.put("lora_B.weight", b.value().dup('c'));
    return new AdapterExport(tensors, config.rank(), config.alpha(), false, 0, Map.of());
  }

  private INDArray hidden(AdapterContext context, INDArray x) {
    return context.scratch("hidden", x.size(0), config.rank());
  }
}
