package dev.orthant.adapters.lora;

import dev.orthant.core.adapter.FactorChain;
import dev.orthant.core.adapter.LowRankSettings;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = base + scaling * B A dropout(x)}. */
final class LoraAdapter implements Adapter {

  private final LowRankSettings settings;
  private final Parameter a; // [rank, dIn]
  private final Parameter b; // [dOut, rank]
  private final FactorChain chain;

  LoraAdapter(LowRankSettings settings, Parameter a, Parameter b) {
    this.settings = settings;
    this.a = a;
    this.b = b;
    this.chain = new FactorChain(List.of(a, b), settings.scaling(), settings.dropout());
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
    return new LoraDelta(b.value().dup('c'), a.value().dup('c'), settings.scaling());
  }

  @Override
  public AdapterExport export() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", a.value().dup('c'));
    tensors.put("lora_B.weight", b.value().dup('c'));
    return new AdapterExport(
        tensors,
        settings.rank(),
        settings.alpha(),
        settings.rankStabilised(),
        settings.dropout(),
        Map.of());
  }
}
