package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.FactorChain;
import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code y = base + scaling * B R A dropout(x)}, of which only R is trained. */
final class LoraXsAdapter implements Adapter {

  private static final String CORE = "lora_latent_mapping";

  private final LowRankSettings settings;
  private final Parameter a; // [rank, dIn]
  private final Parameter core; // R [rank, rank]
  private final Parameter b; // [dOut, rank]
  private final FactorChain chain;

  LoraXsAdapter(LowRankSettings settings, Factors frozen) {
    this.settings = settings;
    int rank = settings.rank();
    this.a = Parameter.frozen(LowRankFactors.A, frozen.a());
    this.core = Parameter.trainable(CORE, Nd4j.zeros(DataType.FLOAT, rank, rank));
    this.b = Parameter.frozen(LowRankFactors.B, frozen.b());
    this.chain = new FactorChain(List.of(a, core, b), settings.scaling(), settings.dropout());
  }

  @Override
  public List<Parameter> parameters() {
    return chain.factors();
  }

  @Override
  public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
    chain.forward(context, x, base, y);
  }

  @Override
  public void backward(
      AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
    chain.backward(context, x, dy, dx, needsInputGradient);
  }

  @Override
  public LoraDelta delta() {
    return new LoraDelta(b.value().dup('c'), foldedA(), settings.scaling());
  }

  @Override
  public AdapterExport export() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", foldedA());
    tensors.put("lora_B.weight", b.value().dup('c'));
    return new AdapterExport(
        tensors,
        settings.rank(),
        settings.alpha(),
        settings.rankStabilised(),
        settings.dropout(),
        Map.of());
  }

  /** R A [rank, dIn], multiplied in double precision and rounded once. */
  private INDArray foldedA() {
    return Matrix.of(CORE, core.value()).times(Matrix.of(LowRankFactors.A, a.value())).toArray();
  }
}
