package dev.orthant.adapters.lora;

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

/** {@code y = base + diag(b) B diag(d) A dropout(x)}, of which only d and b are trained. */
final class VeraAdapter implements Adapter {

  private static final String PLAIN = "plain"; // A x, [n, rank]
  private static final String SCALED = "scaled"; // diag(d) A x, [n, rank]
  private static final String RIGHT = "right"; // B' diag(b), [rank, dOut]

  private final VeraConfig config;
  private final float dropout;
  private final INDArray a; // [rank, dIn], shared and frozen
  private final INDArray turned; // B' [rank, dOut], shared and frozen
  private final Parameter d; // [rank]
  private final Parameter b; // [dOut]
  private final INDArray noShiftOfRank; // zeros [rank]
  private final INDArray noShift; // zeros [dOut]

  VeraAdapter(VeraConfig config, INDArray a, INDArray turned) {
    this.config = config;
    this.dropout = (float) config.dropout();
    this.a = a;
    this.turned = turned;
    this.noShiftOfRank = Nd4j.zeros(DataType.FLOAT, a.size(0));
    this.noShift = Nd4j.zeros(DataType.FLOAT, turned.size(1));
    this.d = Parameter.trainable("vera_lambda_d", noShiftOfRank.add(config.firstD()));
    this.b = Parameter.trainable("vera_lambda_b", noShift.dup());
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(d, b);
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    MatrixOps ops = context.ops();
    if (dropsOut(context)) {
      ops.dropout(x, dropout, context.dropoutSeed(), input(context, x));
    }
    INDArray plain = context.scratch(PLAIN, x.size(0), a.size(0));
    INDArray scaled = context.scratch(SCALED, x.size(0), a.size(0));
    ops.gemm(input(context, x), false, a, true, 1f, 0f, plain);
    ops.scaleColumns(plain, d.value(), noShiftOfRank, scaled);
    INDArray right = context.scratch(RIGHT, turned.shape());
    ops.scaleColumns(turned, b.value(), noShift, right);
    if (y != base) {
      y.assign(base);
    }
    ops.gemm(scaled, false, right, false, 1f, 1f, y);
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    MatrixOps ops = context.ops();
    INDArray scaled = context.scratch(SCALED, x.size(0), a.size(0));
    INDArray product = context.scratch("product", turned.shape()); // [rank, dOut]
    ops.gemm(scaled, true, dy, false, 1f, 0f, product);
    ops.addColumnDots(product, turned, b.gradient());
    INDArray g = context.scratch("scaled_gradient", scaled.shape()); // [n, rank]
    ops.gemm(dy, false, context.scratch(RIGHT, turned.shape()), true, 1f, 0f, g);
    ops.addColumnDots(g, context.scratch(PLAIN, scaled.shape()), d.gradient());
    if (needsInputGradient) {
      ops.scaleColumns(g, d.value(), noShiftOfRank, g);
      addInputGradient(context, g, dx);
    }
  }

  private void addInputGradient(AdapterContext context, INDArray g, INDArray dx) {
    MatrixOps ops = context.ops();
    if (!dropsOut(context)) {
      ops.gemm(g, false, a, false, 1f, 1f, dx);
      return;
    }
    INDArray masked = context.scratch("input_gradient", dx.shape()); // [n, dIn]
    ops.gemm(g, false, a, false, 1f, 0f, masked);
    ops.dropout(masked, dropout, context.dropoutSeed(), masked);
    ops.axpy(1f, masked, dx);
  }

  @Override
  public LoraDelta delta() {
    INDArray left = turned.mulRowVector(b.value()).transpose().dup('c'); // diag(b) B
    return new LoraDelta(left, a.mulColumnVector(d.value().reshape(d.value().length(), 1)), 1);
  }

  @Override
  public AdapterExport export() {
    LoraDelta delta = delta();
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", delta.a());
    tensors.put("lora_B.weight", delta.b());
    int rank = config.rank();
    return new AdapterExport(tensors, rank, rank, false, config.dropout(), Map.of());
  }

  private boolean dropsOut(AdapterContext context) {
    return dropout > 0f && context.training();
  }

  /** What A is applied to. */
  private INDArray input(AdapterContext context, INDArray x) {
    return dropsOut(context) ? context.scratch("dropped", x.shape()) : x;
  }
}
