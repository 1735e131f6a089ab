package dev.orthant.eval.benchmark;

import dev.orthant.core.backend.NativeBackend;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.finetune.ClassifierModel;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.MeanPoolHead;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.AdamW;
import dev.orthant.core.train.TrainingConfig;
import java.util.List;

/** A step of Orthant, as its trainer and its predictor do it. */
final class OrthantStep implements Side, AutoCloseable {

  private final Work work;
  private final List<Batch> batches;
  private final List<float[]> labels;
  private final SequenceClassifier classifier;
  private final Pass pass;
  private final AdamW optimizer;
  private int steps;

  OrthantStep(Work work, int threads, Precision precision) {
    this(work, kernels(threads, precision), encoder(work.model));
  }

  private OrthantStep(Work work, Kernels kernels, Transformer encoder) {
    this(work, kernels, encoder, BenchmarkAdapters.of(work.adapter.type(), encoder));
  }

  OrthantStep(Work work, Kernels kernels, Transformer encoder, AdapterSet adapters) {
    this.work = work;
    this.batches = work.batches();
    this.labels = batches.stream().map(work::labels).toList();
    this.classifier =
        new SequenceClassifier(
            encoder,
            new MeanPoolHead(
                BenchmarkAdapters.array("head.weight", Model.CLASSES, work.model.hidden),
                BenchmarkAdapters.array("head.bias", Model.CLASSES)));
    this.pass = new Pass(kernels, adapters);
    this.optimizer =
        new AdamW(
            kernels,
            TrainingConfig.defaults(),
            new ClassifierModel(classifier, adapters, pass).parameters());
  }

  static Kernels kernels(int threads, Precision precision) {
    NativeBackend.load();
    return new CpuKernels(new WorkerPool(threads)).withPrecision(precision);
  }

  static Transformer encoder(Model model) {
    return BertEncoder.load(model.config(), new RandomWeights(model));
  }

  @Override
  public double run() {
    int turn = steps++ % batches.size();
    Batch batch = batches.get(turn);
    if (!work.trains) {
      pass.training(false, 0);
      return classifier.logits(pass, batch).sumNumber().doubleValue();
    }
    pass.training(true, steps);
    double loss = classifier.lossAndGradients(pass, batch, labels.get(turn), 1);
    optimizer.step(Model.LEARNING_RATE, optimizer.gradientNorm());
    return loss;
  }

  @Override
  public void close() {
    pass.close();
  }
}
