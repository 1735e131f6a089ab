package dev.orthant.core.train;

import dev.orthant.core.spi.Parameter;
import dev.orthant.core.text.Batch;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model small enough to know by heart: one weight a token id, the loss of a row is the squared
 * difference of its first token's weight and its label.
 */
final class OneHotRegression implements TrainableModel {

  final Parameter weights;
  double poison;

  OneHotRegression(int vocabulary) {
    weights = Parameter.trainable("weight", Nd4j.zeros(1, vocabulary));
  }

  @Override
  public List<NamedParameter> parameters() {
    return List.of(new NamedParameter("model.weight", weights));
  }

  @Override
  public double lossAndGradients(Batch batch, float[] labels, float scale, long seed) {
    double loss = poison;
    for (int i = 0; i < batch.size(); i++) {
      int token = batch.tokenIds()[batch.offsets()[i]];
      float error = weights.value().getFloat(0, token) - labels[i];
      loss += error * error / batch.size();
      float gradient = weights.gradient().getFloat(0, token) + scale * 2 * error / batch.size();
      weights.gradient().putScalar(0, token, gradient);
    }
    return loss;
  }
}
