package dev.orthant.core.nn;

import dev.orthant.core.adapter.FactorChain;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.Parameter;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** LoRA for tests. */
final class FactorAdapter implements Adapter {

  private final Parameter a;
  private final Parameter b;
  private final double scaling;
  private final FactorChain chain;

  FactorAdapter(INDArray a, INDArray b, double scaling, double dropout) {
    this.a = Parameter.trainable("lora_A", a.dup('c'));
    this.b = Parameter.trainable("lora_B", b.dup('c'));
    this.scaling = scaling;
    this.chain = new FactorChain(List.of(this.a, this.b), scaling, dropout);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(a, b);
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
    return new LoraDelta(b.value().dup('c'), a.value().dup('c'), scaling);
  }

  @Override
  public AdapterExport export() {
    throw new UnsupportedOperationException("not saved in these tests");
  }
}
