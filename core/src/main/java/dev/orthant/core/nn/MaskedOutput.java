package dev.orthant.core.nn;

import dev.orthant.core.kernel.Activation;
import dev.orthant.core.kernel.FrozenLinear;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The output of masked language models: {@code decoder(norm(activation(dense(h))))}.
 *
 * @param dense [hidden, hidden]
 * @param norm of the transformed states
 * @param decoder [vocabulary, hidden] with a bias
 */
public record MaskedOutput(
    FrozenLinear dense, Activation activation, Norm norm, LinearOutput decoder)
    implements TokenOutput {

  @Override
  public int vocabulary() {
    return decoder.vocabulary();
  }

  @Override
  public INDArray forward(Pass pass, INDArray hidden) {
    INDArray activated = buffer(pass, "activated", hidden);
    INDArray transformed = buffer(pass, "transformed", hidden);
    pass.kernels()
        .linearActivation(hidden, dense, activation, buffer(pass, "inner", hidden), activated);
    norm.forward(pass.kernels(), activated, null, stats(pass, hidden), transformed);
    return decoder.forward(pass, transformed);
  }

  @Override
  public void backward(Pass pass, INDArray hidden, INDArray dScores, INDArray dHidden) {
    INDArray gradient = buffer(pass, "gradient", hidden);
    decoder.backward(pass, buffer(pass, "transformed", hidden), dScores, gradient);
    norm.backward(
        pass.kernels(), gradient, buffer(pass, "activated", hidden), stats(pass, hidden), gradient);
    pass.kernels()
        .activationGradient(activation, buffer(pass, "inner", hidden), gradient, gradient);
    pass.kernels().linearInputGradient(List.of(gradient), List.of(dense), false, dHidden);
  }

  @Override
  public void close() {
    dense.close();
    decoder.close();
  }

  private INDArray stats(Pass pass, INDArray hidden) {
    return pass.buffer("output.stats", hidden.size(0), norm.statistics());
  }

  private static INDArray buffer(Pass pass, String name, INDArray hidden) {
    return pass.buffer("output." + name, hidden.shape());
  }
}
