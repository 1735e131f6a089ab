package dev.orthant.eval.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class RandomDeltasTest {

  /** Norms of a few dozen numbers in single precision. */
  private static final double ROUNDING = 1e-5;

  private static final Map<String, INDArray> HEAD = Map.of("weight", Nd4j.ones(2, 6));

  @Test
  void ranksAndNormsStay() {
    LoraDelta low = new LoraDelta(Nd4j.ones(5, 2), Nd4j.ones(2, 6), 0.5);
    DenseDelta dense = new DenseDelta(Nd4j.ones(4, 3).mul(3));
    SavedAdapter adapter = adapter("task", Map.of("low", low, "dense", dense));

    SavedAdapter random = RandomDeltas.like(adapter, 7);

    assertThat(random.deltas().get("low"))
        .isInstanceOfSatisfying(LoraDelta.class, d -> assertThat(d.rank()).isEqualTo(2));
    assertThat(random.deltas().get("dense")).isInstanceOf(DenseDelta.class);
    adapter
        .deltas()
        .forEach(
            (module, delta) -> {
              Delta drawn = random.deltas().get(module);
              assertThat(drawn.shape()).isEqualTo(delta.shape());
              assertThat(drawn.norm()).isCloseTo(delta.norm(), within(ROUNDING));
              assertThat(drawn.dense()).isNotEqualTo(delta.dense());
            });
    assertThat(random.head()).isSameAs(HEAD);
  }

  @Test
  void theyAreAFunctionOfSeedTaskAndModule() {
    Delta delta = new LoraDelta(Nd4j.ones(3, 1), Nd4j.ones(1, 3), 1);
    SavedAdapter one = adapter("one", Map.of("a", delta, "b", delta));

    INDArray first = dense(RandomDeltas.like(one, 1), "a");

    assertThat(dense(RandomDeltas.like(one, 1), "a")).isEqualTo(first);
    assertThat(dense(RandomDeltas.like(one, 1), "b")).isNotEqualTo(first);
    assertThat(dense(RandomDeltas.like(one, 2), "a")).isNotEqualTo(first);
    assertThat(dense(RandomDeltas.like(adapter("two", Map.of("a", delta)), 1), "a"))
        .isNotEqualTo(first);
  }

  @Test
  void anAdapterThatDoesNothingStaysSo() {
    Delta zero = new LoraDelta(Nd4j.zeros(3, 1), Nd4j.ones(1, 3), 1);

    INDArray random = dense(RandomDeltas.like(adapter("one", Map.of("a", zero)), 1), "a");

    assertThat(random.norm2Number().doubleValue()).isZero();
  }

  private static INDArray dense(SavedAdapter adapter, String module) {
    Delta delta = adapter.deltas().get(module);
    assertThat(delta).isNotNull();
    return delta.dense();
  }

  private static SavedAdapter adapter(String task, Map<String, Delta> deltas) {
    AdapterDescription description =
        new AdapterDescription(
            task,
            List.of("no", "yes"),
            "accuracy",
            "mean",
            "base",
            32,
            JsonNodeFactory.instance.objectNode());
    return new SavedAdapter(description, deltas, HEAD);
  }
}
