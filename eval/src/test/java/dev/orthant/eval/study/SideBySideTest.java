package dev.orthant.eval.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SideBySideTest {

  @Test
  void runsAsManyJobsAtOnceAsThereAreThreads() {
    CountDownLatch both = new CountDownLatch(2);
    Runnable meets =
        () -> {
          both.countDown();
          try {
            both.await(); // forever, if the jobs ran one after the other
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };

    new SideBySide(2).run(List.of(meets, meets));

    assertThat(both.getCount()).isZero();
  }

  @Test
  void oneThreadIsTheCallers() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Runnable job = () -> threads.add(Thread.currentThread());

    new SideBySide(1).run(List.of(job, job));

    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void aFailureIsRethrownAndNoFurtherJobBegins() {
    SideBySide sideBySide = new SideBySide(2);
    AtomicInteger begun = new AtomicInteger();
    List<Runnable> jobs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      jobs.add(
          () -> {
            throw new IllegalStateException("broken");
          });
    }
    for (int i = 0; i < 100; i++) {
      jobs.add(
          () -> {
            if (sideBySide.failed()) {
              begun.incrementAndGet();
            }
          });
    }

    assertThatThrownBy(() -> sideBySide.run(jobs))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");

    assertThat(sideBySide.failed()).isTrue();
    // a job that was taken just before the failure may still begin, one a thread
    assertThat(begun.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void theFailureThatStoppedTheOthersIsRethrown() {
    SideBySide sideBySide = new SideBySide(2);
    Runnable stops =
        () -> {
          while (!sideBySide.failed()) {
            Thread.onSpinWait();
          }
          throw new UnsupportedOperationException("stopped");
        };
    Runnable breaks =
        () -> {
          throw new IllegalStateException("broken");
        };

    assertThatThrownBy(() -> sideBySide.run(List.of(stops, breaks))).hasMessage("broken");
  }
}
