package dev.orthant.eval.benchmark;

import static java.util.Objects.requireNonNull;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.orthant.core.text.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The same step in libtorch: batches padded to their longest sequence, PyTorch's own linear, layer
 * normalisation, GELU, softmax and automatic differentiation, gradients for the adapters and the
 * head alone.
 */
final class LibtorchStep implements Side {

  private static final float MASKED = -1e9f;
  private static final String MIXER = "lora_mixer";

  private final Work work;
  private final @Nullable TorchScript linear; // in bf16
  private final Model model;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final Map<String, NDArray> frozen = new LinkedHashMap<>();
  private final Map<String, NDArray> trained = new LinkedHashMap<>();
  private final List<Padded> batches;
  private final Optimizer optimizer =
      Optimizer.adamW().optLearningRateTracker(Tracker.fixed(Model.LEARNING_RATE)).build();
  private int steps;

  /**
   * A padded batch of b sequences.
   *
   * @param ids [b, n]
   * @param positions [b, n]
   * @param types [b, n]
   * @param mask [b, 1, 1, n], added to scores
   * @param rows [b, n, 1], 0 for padding
   * @param count [b, 1], the sequences' lengths
   * @param labels [b, classes], one-hot
   */
  private record Padded(
      NDArray ids,
      NDArray positions,
      NDArray types,
      NDArray mask,
      NDArray rows,
      NDArray count,
      NDArray labels) {}

  LibtorchStep(Work work, int threads, boolean bfloat16) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    this.work = work;
    this.model = work.model;
    this.linear = bfloat16 ? new TorchScript("bf16_linear", manager) : null;
    TorchScript round = new TorchScript("bf16_round", manager);
    RandomWeights weights = new RandomWeights(model);
    for (String name : weights.names()) {
      NDArray array = array(name, weights.shape(name));
      boolean product = bfloat16 && name.startsWith("encoder.") && !name.contains("LayerNorm");
      frozen.put(name, product ? round.apply(array) : array);
    }
    for (int i = 0; i < model.layers; i++) {
      for (String target : List.of("query", "value")) {
        String module = "encoder.layer." + i + ".attention.self." + target;
        train(module + ".lora_A", Model.RANK, model.hidden);
        train(module + ".lora_B", model.hidden, Model.RANK);
        if (work.adapter == Work.Adapter.MOSLORA) {
          train(module + "." + MIXER, Model.RANK, Model.RANK);
        }
      }
    }
    train("head.weight", Model.CLASSES, model.hidden);
    train("head.bias", Model.CLASSES);
    this.batches = work.batches().stream().map(this::padded).toList();
  }

  @Override
  public double run() {
    Padded batch = batches.get(steps++ % batches.size());
    try (NDManager step = manager.newSubManager()) {
      if (!work.trains) {
        return logits(step, batch).sum().getFloat();
      }
      double value;
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray probabilities = logits(step, batch).logSoftmax(-1);
        NDArray loss = probabilities.mul(batch.labels).sum().neg().div(batch.labels.size(0));
        collector.backward(loss);
        value = loss.getFloat();
      }
      for (Map.Entry<String, NDArray> each : trained.entrySet()) {
        try (NDArray gradient = each.getValue().getGradient()) {
          optimizer.update(each.getKey(), each.getValue(), gradient);
        }
      }
      return value;
    }
  }

  /** All results belong to the step's manager, as the first operand's results do. */
  private NDArray logits(NDManager step, Padded batch) {
    NDArray x = look("embeddings.word_embeddings.weight", batch.ids, step);
    x = x.add(look("embeddings.position_embeddings.weight", batch.positions, step));
    x = x.add(look("embeddings.token_type_embeddings.weight", batch.types, step));
    x = norm("embeddings.LayerNorm", x);
    for (int i = 0; i < model.layers; i++) {
      x = layer("encoder.layer." + i, x, batch);
    }
    NDArray pooled = x.mul(batch.rows).sum(new int[] {1}).div(batch.count);
    return Linear.linear(pooled, trained("head.weight"), trained("head.bias")).singletonOrThrow();
  }

  private NDArray look(String table, NDArray rows, NDManager step) {
    NDArray found = frozen(table).get(rows);
    found.attach(step);
    return found;
  }

  private NDArray layer(String layer, NDArray x, Padded batch) {
    NDArray q = heads(adapted(layer + ".attention.self.query", x));
    NDArray k = heads(linear(layer + ".attention.self.key", x));
    NDArray v = heads(adapted(layer + ".attention.self.value", x));
    double scale = 1 / Math.sqrt((double) model.hidden / model.heads);
    NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)).mul(scale);
    if (work.isPadded()) {
      scores = scores.add(batch.mask);
    }
    NDArray context = scores.softmax(-1).matMul(v).transpose(0, 2, 1, 3).reshape(x.getShape());
    NDArray h =
        norm(
            layer + ".attention.output.LayerNorm",
            linear(layer + ".attention.output.dense", context).add(x));
    NDArray inner = Activation.gelu(linear(layer + ".intermediate.dense", h));
    return norm(layer + ".output.LayerNorm", linear(layer + ".output.dense", inner).add(h));
  }

  private NDArray adapted(String module, NDArray x) {
    NDArray side = Linear.linear(x, trained(module + ".lora_A")).singletonOrThrow();
    if (work.adapter == Work.Adapter.MOSLORA) {
      side = Linear.linear(side, trained(module + "." + MIXER)).singletonOrThrow();
    }
    side = Linear.linear(side, trained(module + ".lora_B")).singletonOrThrow();
    return linear(module, x).add(side.mul(Model.SCALING));
  }

  private NDArray linear(String module, NDArray x) {
    NDArray weight = frozen(module + ".weight");
    NDArray bias = frozen(module + ".bias");
    if (linear == null) {
      return Linear.linear(x, weight, bias).singletonOrThrow();
    }
    NDArray y = linear.apply(x, weight, bias);
    y.attach(x.getManager());
    return y;
  }

  private NDArray norm(String module, NDArray x) {
    return LayerNorm.layerNorm(
            x,
            new Shape(model.hidden),
            frozen(module + ".weight"),
            frozen(module + ".bias"),
            Model.EPS)
        .singletonOrThrow();
  }

  private NDArray heads(NDArray x) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), model.heads, model.hidden / model.heads)
        .transpose(0, 2, 1, 3);
  }

  private Padded padded(Batch batch) {
    int b = batch.size();
    int n = batch.longest();
    long[] ids = new long[b * n];
    long[] positions = new long[b * n];
    float[] mask = new float[b * n];
    float[] rows = new float[b * n];
    float[] count = new float[b];
    for (int i = 0; i < b; i++) {
      int from = batch.offsets()[i];
      int length = batch.offsets()[i + 1] - from;
      count[i] = length;
      for (int t = 0; t < n; t++) {
        boolean valid = t < length;
        ids[i * n + t] = valid ? batch.tokenIds()[from + t] : 0;
        positions[i * n + t] = t;
        mask[i * n + t] = valid ? 0 : MASKED;
        rows[i * n + t] = valid ? 1 : 0;
      }
    }
    return new Padded(
        manager.create(ids, new Shape(b, n)),
        manager.create(positions, new Shape(b, n)),
        manager.create(new long[b * n], new Shape(b, n)),
        manager.create(mask, new Shape(b, 1, 1, n)),
        manager.create(rows, new Shape(b, n, 1)),
        manager.create(count, new Shape(b, 1)),
        manager.create(oneHot(work.labels(batch)), new Shape(b, Model.CLASSES)));
  }

  private static float[] oneHot(float[] labels) {
    float[] oneHot = new float[labels.length * Model.CLASSES];
    for (int i = 0; i < labels.length; i++) {
      oneHot[i * Model.CLASSES + (int) labels[i]] = 1;
    }
    return oneHot;
  }

  private void train(String name, long... shape) {
    NDArray array = array(name, shape);
    if (work.trains) {
      array.setRequiresGradient(true);
    }
    trained.put(name, array);
  }

  private NDArray array(String name, long... shape) {
    Shape s = new Shape(shape);
    return manager.create(Model.values(name, s.size()), s);
  }

  private NDArray frozen(String name) {
    return requireNonNull(frozen.get(name));
  }

  private NDArray trained(String name) {
    return requireNonNull(trained.get(name));
  }
}
