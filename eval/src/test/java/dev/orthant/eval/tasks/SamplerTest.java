package dev.orthant.eval.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SamplerTest {

  private static final List<String> LABELS = List.of("a", "b");
  private static final SplitSizes SIZES = new SplitSizes(60, 20, 31);
  private static final Sampler SAMPLER = new Sampler("task", LABELS, true, 3);

  @Test
  void moreTrainingRowsLeaveTheReportedRowsAsTheyAre() {
    TaskData few = SAMPLER.draw(candidates(), new SplitSizes(4, 20, 31), 1);

    TaskData many = SAMPLER.draw(candidates(), SIZES, 1);

    assertThat(many.test()).isEqualTo(few.test());
    assertThat(many.validation()).isEqualTo(few.validation());
  }

  @Test
  void theOrderOfTheSourceDoesNotMatterAndTheSeedDoes() {
    List<Candidate> reversed = candidates();
    Collections.reverse(reversed);

    TaskData data = SAMPLER.draw(candidates(), SIZES, 1);

    assertThat(SAMPLER.draw(reversed, SIZES, 1)).isEqualTo(data);
    assertThat(SAMPLER.draw(candidates(), SIZES, 2)).isNotEqualTo(data);
  }

  @Test
  void classesAreBalancedToOneRow() {
    TaskData data = SAMPLER.draw(candidates(), SIZES, 1);

    assertThat(data.train().stream().filter(e -> e.label() == 1)).hasSize(30);
    assertThat(data.validation().stream().filter(e -> e.label() == 1)).hasSize(10);
    assertThat(data.test().stream().filter(e -> e.label() == 1)).hasSize(15);
  }

  @Test
  void noKeyIsInTwoPartsAndNoGroupGivesMoreThanItsShare() {
    Map<Example, Candidate> byExample = new HashMap<>();
    candidates().forEach(c -> byExample.put(c.example(), c));

    TaskData data = SAMPLER.draw(candidates(), SIZES, 1);

    Set<String> seen = new HashSet<>();
    for (List<Example> part : List.of(data.train(), data.validation(), data.test())) {
      List<Candidate> rows = part.stream().map(byExample::get).toList();
      Set<String> keys = new HashSet<>();
      Map<String, Integer> groups = new HashMap<>();
      rows.forEach(c -> keys.addAll(c.keys()));
      rows.forEach(c -> groups.merge(c.keys().get(0), 1, Integer::sum));
      assertThat(Collections.disjoint(keys, seen)).isTrue();
      assertThat(groups.values()).allMatch(n -> n <= 3);
      seen.addAll(keys);
    }
    assertThat(Stream.of(data.train(), data.validation(), data.test()).flatMap(List::stream))
        .doesNotHaveDuplicates();
  }

  @Test
  void saysHowManyRowsCouldBeDrawn() {
    assertThatThrownBy(() -> SAMPLER.draw(candidates(), new SplitSizes(1000, 20, 31), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("task 'task' has no 1000 train rows with balanced classes: ");
  }

  @Test
  void refusesSizesBelowTheLeast() {
    assertThatThrownBy(() -> new SplitSizes(0, 1, 1))
        .hasMessage(
            "rows must be at least 1 for train and 0 for validation and test, were 0, 1 and 1");
  }

  /** 100 groups of five rows; every seventh row shares a second key with rows of other groups. */
  private static List<Candidate> candidates() {
    List<Candidate> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String shared = i % 7 == 0 ? "shared " + i / 70 : "own " + i;
      rows.add(
          new Candidate(
              List.of("group " + i / 5, shared),
              new Example("text " + i, null, i % 3 == 0 ? 1 : 0)));
    }
    return rows;
  }
}
