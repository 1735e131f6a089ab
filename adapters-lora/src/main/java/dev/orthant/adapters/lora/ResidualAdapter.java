package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * LoRA whose factors do not start at a product of zero: {@code delta = scaling * (B A - B_0 A_0)}
 * with A_0 and B_0 what they start as. The same as LoRA on a base from which {@code scaling * B_0
 * A_0} was taken, but the base stays as it is.
 */
final class ResidualAdapter implements Adapter {

  /*
   * The difference is computed as
   *
   *   B A - B_0 A_0 = [B - B_0, B_0] [A; A - A_0] = D S,   D [dOut, 2 rank],  S [2 rank, dIn]
   *
   * which is exactly zero at the start, and loses nothing to cancellation as long as training moves
   * the factors less than their size. S and D are made by products with blocks of the identity,
   * which are exact.
   */

  private static final String STACKED_A = "stacked_a";
  private static final String STACKED_B = "stacked_b";
  private static final String HIDDEN = "hidden";

  private final LowRankSettings settings;
  private final float scaling;
  private final float dropout;
  private final Parameter a; // [rank, dIn]
  private final Parameter b; // [dOut, rank]
  private final Parameter firstA; // [rank, dIn]
  private final Parameter firstB; // [dOut, rank]
  private final INDArray both; // [I; I], [2 rank, rank]
  private final INDArray minusBelow; // [0; -I], [2 rank, rank]
  private final INDArray left; // [I, 0], [rank, 2 rank]
  private final INDArray minusLeft; // [-I, I], [rank, 2 rank]

  ResidualAdapter(LowRankSettings settings, Factors start) {
    this.settings = settings;
    this.scaling = (float) settings.scaling();
    this.dropout = (float) settings.dropout();
    this.a = Parameter.trainable(LowRankFactors.A, start.a());
    this.b = Parameter.trainable(LowRankFactors.B, start.b());
    this.firstA = Parameter.frozen("first_A", start.a().dup('c'));
    this.firstB = Parameter.frozen("first_B", start.b().dup('c'));
    int rank = settings.rank();
    this.both = Nd4j.vstack(identity(rank, 1), identity(rank, 1));
    this.minusBelow = Nd4j.vstack(identity(rank, 0), identity(rank, -1));
    this.left = Nd4j.hstack(identity(rank, 1), identity(rank, 0)).dup('c');
    this.minusLeft = Nd4j.hstack(identity(rank, -1), identity(rank, 1)).dup('c');
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(a, b, firstA, firstB);
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    MatrixOps ops = context.ops();
    if (dropsOut(context)) {
      ops.dropout(x, dropout, context.dropoutSeed(), input(context, x));
    }
    INDArray stackedA = stackedA(context);
    INDArray stackedB = stackedB(context);
    ops.gemm(both, false, a.value(), false, 1f, 0f, stackedA);
    ops.gemm(minusBelow, false, firstA.value(), false, 1f, 1f, stackedA);
    ops.gemm(b.value(), false, left, false, 1f, 0f, stackedB);
    ops.gemm(firstB.value(), false, minusLeft, false, 1f, 1f, stackedB);
    INDArray hidden = context.scratch(HIDDEN, x.size(0), stackedA.size(0)); // [n, 2 rank]
    ops.gemm(input(context, x), false, stackedA, true, 1f, 0f, hidden);
    if (y != base) {
      y.assign(base);
    }
    ops.gemm(hidden, false, stackedB, true, scaling, 1f, y);
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    MatrixOps ops = context.ops();
    INDArray stackedA = stackedA(context);
    INDArray stackedB = stackedB(context);
    INDArray hidden = context.scratch(HIDDEN, x.size(0), stackedA.size(0));
    INDArray gradientB = context.scratch("stacked_b_gradient", stackedB.shape());
    ops.gemm(dy, true, hidden, false, scaling, 0f, gradientB);
    ops.gemm(gradientB, false, left, true, 1f, 1f, b.gradient());
    INDArray g = context.scratch("hidden_gradient", hidden.shape()); // [n, 2 rank]
    ops.gemm(dy, false, stackedB, false, scaling, 0f, g);
    INDArray gradientA = context.scratch("stacked_a_gradient", stackedA.shape());
    ops.gemm(g, true, input(context, x), false, 1f, 0f, gradientA);
    ops.gemm(both, true, gradientA, false, 1f, 1f, a.gradient());
    if (needsInputGradient) {
      addInputGradient(context, g, stackedA, dx);
    }
  }

  private void addInputGradient(
      AdapterContext context, INDArray g, INDArray stackedA, INDArray dx) {
    MatrixOps ops = context.ops();
    if (!dropsOut(context)) {
      ops.gemm(g, false, stackedA, false, 1f, 1f, dx);
      return;
    }
    INDArray masked = context.scratch("input_gradient", dx.shape()); // [n, dIn]
    ops.gemm(g, false, stackedA, false, 1f, 0f, masked);
    ops.dropout(masked, dropout, context.dropoutSeed(), masked);
    ops.axpy(1f, masked, dx);
  }

  @Override
  public LoraDelta delta() {
    INDArray stackedA = Nd4j.vstack(a.value(), a.value().sub(firstA.value())).dup('c');
    INDArray stackedB = Nd4j.hstack(b.value().sub(firstB.value()), firstB.value()).dup('c');
    return new LoraDelta(stackedB, stackedA, settings.scaling());
  }

  /** Plain LoRA of twice the rank, at the same scaling. */
  @Override
  public AdapterExport export() {
    LoraDelta delta = delta();
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", delta.a());
    tensors.put("lora_B.weight", delta.b());
    return new AdapterExport(
        tensors,
        delta.rank(),
        settings.alpha() * (settings.rankStabilised() ? Math.sqrt(2) : 2),
        settings.rankStabilised(),
        settings.dropout(),
        Map.of());
  }

  private boolean dropsOut(AdapterContext context) {
    return dropout > 0f && context.training();
  }

  /** What S is applied to. */
  private INDArray input(AdapterContext context, INDArray x) {
    return dropsOut(context) ? context.scratch("dropped", x.shape()) : x;
  }

  private INDArray stackedA(AdapterContext context) {
    return context.scratch(STACKED_A, 2L * settings.rank(), a.value().size(1));
  }

  private INDArray stackedB(AdapterContext context) {
    return context.scratch(STACKED_B, b.value().size(0), 2L * settings.rank());
  }

  private static INDArray identity(int size, double factor) {
    return Nd4j.eye(size).castTo(DataType.FLOAT).mul(factor);
  }
}
