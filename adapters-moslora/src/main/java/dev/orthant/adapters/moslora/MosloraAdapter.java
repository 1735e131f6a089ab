package dev.orthant.adapters.moslora;

import dev.orthant.core.adapter.FactorChain;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = base + scaling * B mixer A dropout(x)}. */
final class MosloraAdapter implements Adapter {

  private final MosloraConfig config;
  private final double scaling;
  private final Parameter a; // [rank, dIn]
  private final Parameter mixer; // [rank, rank]
  private final Parameter b; // [dOut, rank]
  private final FactorChain chain;

  MosloraAdapter(MosloraConfig config, Parameter a, Parameter mixer, Parameter b) {
    this.config = config;
    this.scaling = config.settings().scaling();
    this.a = a;
    this.mixer = mixer;
    this.b = b;
    this.chain = new FactorChain(List.of(a, mixer, b), scaling, config.dropout());
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
    return new LoraDelta(b.value().dup('c'), foldedA(), scaling);
  }

  @Override
  public AdapterExport export() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_A.weight", foldedA());
    tensors.put("lora_B.weight", b.value().dup('c'));
    return new AdapterExport(
        tensors,
        config.rank(),
        config.alpha(),
        config.rankStabilised(),
        config.dropout(),
        Map.of());
  }

  private INDArray foldedA() {
    return Mixers.fold(mixer.value(), a.value());
  }
}
