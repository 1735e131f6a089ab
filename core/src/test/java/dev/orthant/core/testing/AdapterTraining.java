package dev.orthant.core.testing;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import dev.orthant.core.text.LabelledRows;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainableModel;
import dev.orthant.core.train.Trainer;
import dev.orthant.core.train.TrainingConfig;
import dev.orthant.core.train.TrainingInterruptedException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains the adapter of a trial, with dropout, towards outputs that fall as its weights say. */
final class AdapterTraining {

  private static final String CONFIG = "{max_steps: 4, batch_size: 1, learning_rate: 0.01}";
  private static final LabelledRows ROWS =
      new LabelledRows(List.of(new Encoded(new int[1], new int[1])), new float[1]);

  private final AdapterTrial trial;
  private final Kernels kernels;

  AdapterTraining(AdapterTrial trial, Kernels kernels) {
    this.trial = trial;
    this.kernels = kernels;
  }

  /** Takes four steps, or those that are left of an interrupted training in the folder. */
  void train(Adapter adapter, Path folder) {
    train(adapter, folder, Integer.MAX_VALUE);
  }

  /** Takes two of the four steps and leaves a checkpoint. */
  void interrupted(Adapter adapter, Path folder) {
    try {
      train(adapter, folder, 2);
    } catch (TrainingInterruptedException e) {
      return;
    }
    throw new IllegalStateException("the training was not interrupted");
  }

  private void train(Adapter adapter, Path folder, int stopAfter) {
    AtomicInteger steps = new AtomicInteger();
    TrainingConfig config =
        new ConfigDecoder().decode(CONFIG, TrainingConfig.class, TrainingConfig.defaults());
    new Trainer(kernels, config, 1, List.of(), () -> steps.incrementAndGet() >= stopAfter)
        .train(new Model(adapter), ROWS, null, folder, unused -> {}, true);
  }

  /** The loss is the sum of the outputs, weighted. */
  private final class Model implements TrainableModel {

    private final Adapter adapter;

    Model(Adapter adapter) {
      this.adapter = adapter;
    }

    @Override
    public List<NamedParameter> parameters() {
      return adapter.parameters().stream().map(p -> new NamedParameter(p.name(), p)).toList();
    }

    @Override
    public double lossAndGradients(Batch batch, float[] labels, float scale, long seed) {
      AdapterPass pass = new AdapterPass(kernels, true, seed);
      INDArray y = trial.forward(adapter, pass, trial.x);
      INDArray dx = trial.baseInputGradient(adapter, pass);
      adapter.backward(pass, trial.x, trial.dy, dx, true);
      return y.mul(trial.dy).sumNumber().doubleValue();
    }
  }
}
