package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.FactorChain;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.WeightDecomposition;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.MatrixOps;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** {@code y = bias + m / n * (W x + scaling * B A dropout(x))}, row by row of W. */
final class DoraAdapter implements Adapter {

  static final String MAGNITUDE = "lora_magnitude_vector";

  /*
   * The norms need no dense matrix: with w the row norms of W,
   *
   *   n_i^2 = w_i^2 + sum over k of B_ik Z_ik,   Z = scaling * (2 W + scaling * B A) A'   [dOut, rank]
   *
   * which costs as much as the side path of dOut tokens. Z and B are held transposed, where the sums
   * run down columns. n is computed as w sqrt(1 + sum / w^2), so that it is w exactly where B is
   * zero: a fresh adapter changes no bit.
   */

  private static final String UNSCALED = "unscaled";
  private static final String BASE_GRADIENT = "base_gradient";
  private static final String NORMS = "norms";
  private static final String FACTORS = "factors";

  private final LowRankSettings settings;
  private final float scaling;
  private final Parameter a; // [rank, dIn]
  private final Parameter b; // [dOut, rank]
  private final Parameter magnitude; // m [dOut]
  private final FactorChain chain;
  private final INDArray weights; // W [dOut, dIn]
  private final INDArray bias; // [dOut], zeros if there is none
  private final INDArray baseNorms; // w [dOut]
  private final INDArray baseSquares; // w^2 [dOut]
  private final INDArray zeros; // [dOut]
  private final INDArray identity; // [rank, rank]

  /**
   * @throws IllegalArgumentException if a row of the base weights is zero
   */
  DoraAdapter(LowRankSettings settings, AdapterSite site, Parameter a, Parameter b) {
    this.settings = settings;
    this.scaling = (float) settings.scaling();
    this.a = a;
    this.b = b;
    this.chain = new FactorChain(List.of(a, b), settings.scaling(), settings.dropout());
    this.weights = site.baseWeights();
    this.zeros = Nd4j.zeros(DataType.FLOAT, weights.size(0));
    this.bias = site.baseBias().orElse(zeros);
    float[] norms = WeightDecomposition.rowNorms(weights);
    for (int i = 0; i < norms.length; i++) {
      if (norms[i] == 0) {
        throw new IllegalArgumentException(
            "row %d of the weights of module '%s' is zero and has no direction to scale"
                .formatted(i, site.site().module()));
      }
    }
    this.baseNorms = Nd4j.createFromArray(norms);
    this.baseSquares = baseNorms.mul(baseNorms);
    this.magnitude = Parameter.trainable(MAGNITUDE, baseNorms.dup()).withoutDecay();
    this.identity = Nd4j.eye(settings.rank()).castTo(DataType.FLOAT);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(a, b, magnitude);
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    INDArray unscaled = context.scratch(UNSCALED, base.shape());
    chain.forward(context, x, base, unscaled);
    INDArray norms = norms(context);
    INDArray factors = vector(context, FACTORS).assign(magnitude.value()).divi(norms);
    INDArray shifts = vector(context, "shifts").assign(factors).rsubi(1).muli(bias);
    context.ops().scaleColumns(unscaled, factors, shifts, y);
  }

  /** The row norms n of W + scaling * B A [dOut]. */
  private INDArray norms(AdapterContext context) {
    MatrixOps ops = context.ops();
    long rank = settings.rank();
    INDArray square = context.scratch("a_square", rank, rank); // A A'
    ops.gemm(a.value(), false, a.value(), true, 1f, 0f, square);
    INDArray z = context.scratch("z", rank, weights.size(0)); // Z'
    ops.gemm(a.value(), false, weights, true, 2 * scaling, 0f, z);
    ops.gemm(square, false, b.value(), true, scaling * scaling, 1f, z);
    INDArray turned = context.scratch("b_turned", rank, weights.size(0)); // B'
    ops.gemm(identity, false, b.value(), true, 1f, 0f, turned);
    INDArray norms = vector(context, NORMS).assign(0);
    ops.addColumnDots(turned, z, norms);
    norms.divi(baseSquares).addi(1);
    return Transforms.sqrt(norms, false).muli(baseNorms);
  }

  @Override
  public INDArray baseGradient(AdapterContext context, INDArray dy) {
    INDArray gradient = context.scratch(BASE_GRADIENT, dy.shape());
    context.ops().scaleColumns(dy, vector(context, FACTORS), zeros, gradient);
    return gradient;
  }

  /** Takes the norms as constants. */
  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    INDArray unscaledGradient = context.scratch(BASE_GRADIENT, dy.shape());
    chain.backward(context, x, unscaledGradient, dx, needsInputGradient);
    MatrixOps ops = context.ops();
    INDArray ones = context.scratch("ones", dy.size(0), 1).assign(1);
    INDArray sums = context.scratch("sums", 1, dy.size(1)); // of dy over the tokens
    ops.gemm(ones, true, dy, false, 1f, 0f, sums);
    INDArray gradient = vector(context, "magnitude_gradient");
    gradient.assign(sums.reshape(dy.size(1))).muli(bias).negi();
    ops.addColumnDots(dy, context.scratch(UNSCALED, dy.shape()), gradient);
    ops.axpy(1f, gradient.divi(vector(context, NORMS)), magnitude.gradient());
  }

  @Override
  public DenseDelta delta() {
    LoraDelta update = new LoraDelta(b.value(), a.value(), settings.scaling());
    return WeightDecomposition.delta(weights, update, magnitude.value());
  }

  @Override
  public AdapterExport export() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", a.value().dup('c'));
    tensors.put("lora_B.weight", b.value().dup('c'));
    tensors.put(MAGNITUDE, magnitude.value().dup('c'));
    return new AdapterExport(
        tensors,
        settings.rank(),
        settings.alpha(),
        settings.rankStabilised(),
        settings.dropout(),
        Map.of("use_dora", true));
  }

  private INDArray vector(AdapterContext context, String name) {
    return context.scratch(name, weights.size(0));
  }
}
