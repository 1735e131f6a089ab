package dev.orthant.eval.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.progress.InterruptedWorkException;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.eval.study.StepGraph.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StepGraphTest {

  private static final long BUDGET = 100;

  private final List<String> begun = Collections.synchronizedList(new ArrayList<>());
  private final Interruption interruption = new Interruption();

  @Test
  void aStepBeginsWhenThoseItDependsOnHaveEnded() {
    Step first = step("first", 1, List.of(), StepGraphTest::pause);
    Step second = step("second", 1, List.of(first), () -> {});
    Step third = step("third", 1, List.of(), () -> {});

    run(2, first, second, third);

    assertThat(begun.subList(0, 2)).containsExactlyInAnyOrder("first", "third");
    assertThat(begun).hasSize(3).last().isEqualTo("second");
  }

  @Test
  void oneThreadKeepsTheOrder() {
    Step a = step("a", 1, List.of(), () -> {});
    Step b = step("b", 1, List.of(a), () -> {});
    Step c = step("c", 1, List.of(), () -> {});

    run(1, a, b, c);

    assertThat(begun).containsExactly("a", "b", "c");
  }

  @Test
  void independentStepsRunSideBySide() {
    CountDownLatch both = new CountDownLatch(2);
    Runnable meet =
        () -> {
          both.countDown();
          await(both, 30_000);
        };

    run(2, step("a", 1, List.of(), meet), step("b", 1, List.of(), meet));

    assertThat(both.getCount()).isZero();
  }

  @Test
  void stepsTogetherStayWithinTheMemory() {
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Runnable count =
        () -> {
          most.accumulateAndGet(under.incrementAndGet(), Math::max);
          pause();
          under.decrementAndGet();
        };

    run(3, step("a", 60, List.of(), count), step("b", 60, List.of(), count));

    assertThat(most).hasValue(1);
  }

  @Test
  void aStepThatIsTooLargeRunsAlone() {
    run(2, step("large", 2 * BUDGET, List.of(), () -> {}), step("small", 1, List.of(), () -> {}));

    assertThat(begun).containsExactlyInAnyOrder("large", "small");
  }

  @Test
  void afterAFailureNoStepBegins() {
    Step bad =
        step(
            "bad",
            1,
            List.of(),
            () -> {
              throw new IllegalStateException("as planned");
            });

    assertThatThrownBy(() -> run(1, bad, step("next", 1, List.of(), () -> {})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("as planned");
    assertThat(begun).containsExactly("bad");
  }

  @Test
  void afterAnInterruptionNoStepBegins() {
    Step last = step("last", 1, List.of(), interruption::request);

    assertThatThrownBy(() -> run(1, last, step("next", 1, List.of(), () -> {})))
        .isInstanceOf(InterruptedWorkException.class);
    assertThat(begun).containsExactly("last");
  }

  private void run(int threads, Step... steps) {
    try (Progress.Task task = Progress.none().start("test", steps.length, "steps")) {
      new StepGraph(threads, BUDGET, interruption).run(List.of(steps), task);
    }
  }

  private Step step(String name, long bytes, List<Step> after, Runnable work) {
    return new Step(
        name,
        1,
        bytes,
        after,
        () -> {
          begun.add(name);
          work.run();
        });
  }

  private static void pause() {
    await(new CountDownLatch(1), 50);
  }

  private static void await(CountDownLatch latch, long milliseconds) {
    try {
      latch.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
