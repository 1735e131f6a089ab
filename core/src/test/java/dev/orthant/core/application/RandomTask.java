package dev.orthant.core.application;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.CounterRandom;
import dev.orthant.core.spi.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Adapters of random factors, with random heads, that change a model's answers a lot. */
final class RandomTask {

  private static final int RANK = 3;

  private RandomTask() {}

  static TaskAdapter adapter(BaseModel base, String task, long seed, String... labels) {
    Transformer model = base.model();
    Head head =
        model
            .heads()
            .fresh(labels.length, false, new SplittableRandom(CounterRandom.seed(seed, "head")));
    head.parameters().forEach(parameter -> parameter.value().muli(40)); // from 0.02
    AdapterDescription description =
        new AdapterDescription(
            task,
            List.of(labels),
            "accuracy",
            head.name(),
            "",
            base.maxLength(),
            JsonNodeFactory.instance.objectNode());
    return new TaskAdapter(description, Adaptation.of(deltas(model, seed)), head);
  }

  /** At the query and the value of every layer. */
  static Map<String, Delta> deltas(Transformer model, long seed) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    for (Site site : model.sites()) {
      if (site.module().endsWith("query") || site.module().endsWith("value")) {
        SplittableRandom random =
            new SplittableRandom(CounterRandom.seed(seed, "delta", site.module()));
        deltas.put(
            site.module(),
            new LoraDelta(
                gaussian(random, site.dOut(), RANK), gaussian(random, RANK, site.dIn()), 0.3));
      }
    }
    return deltas;
  }

  private static INDArray gaussian(SplittableRandom random, long rows, long columns) {
    float[] values = new float[(int) (rows * columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.create(values, new long[] {rows, columns}, 'c');
  }
}
