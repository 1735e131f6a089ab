package dev.orthant.merge;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static dev.orthant.merge.GoldenRun.SINGLE;
import static dev.orthant.merge.Trial.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.merge.BreadcrumbsConfig.Profile;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code breadcrumbs} and {@code breadcrumbs-ties}. */
final class BreadcrumbsTest {

  private static final BreadcrumbsFactory LINEAR = new BreadcrumbsFactory();
  private static final BreadcrumbsTiesFactory TIES = new BreadcrumbsTiesFactory();

  @ParameterizedTest
  @EnumSource(Profile.class)
  void equalsMergekitWhereThereAreOutliers(Profile profile) {
    GoldenRun run = new GoldenRun("breadcrumbs/mergekit_breadcrumbs.json");

    Map<String, INDArray> merged =
        run.checkpoints(LINEAR, new BreadcrumbsConfig(0.6, 0.1, 1, false, profile), true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
  }

  @Test
  void mergekitProfileDropsSmallTensorsWhole() {
    GoldenRun run = new GoldenRun("breadcrumbs/mergekit_breadcrumbs_small_tensor_quirk.json");

    Map<String, INDArray> merged =
        run.checkpoints(LINEAR, new BreadcrumbsConfig(0.6, 0.1, 1, false, Profile.MERGEKIT), true);

    assertThatTensor(merged.get("v")).isCloseTo(run.expected("v"), SINGLE, SINGLE);
  }

  @Test
  void tiesEqualsMergekits() {
    GoldenRun run = new GoldenRun("breadcrumbs/mergekit_breadcrumbs_ties.json");

    Map<String, INDArray> merged =
        run.checkpoints(
            TIES,
            new BreadcrumbsTiesConfig(0.6, 0.1, 1, TiesConfig.Merge.BY_PROFILE, Profile.MERGEKIT),
            true);

    assertThatTensor(merged.get("w")).isCloseTo(run.expected("w"), SINGLE, SINGLE);
  }

  /**
   * By hand, n = 5: gamma 0.2 drops the greatest, 9; density 0.4 keeps two, 7 and -5; the rest is
   * dropped.
   */
  @ParameterizedTest
  @EnumSource(Profile.class)
  void dropsBothTails(Profile profile) {
    BreadcrumbsConfig config = new BreadcrumbsConfig(0.4, 0.2, 1, false, profile);

    assertThat(Trial.merge(LINEAR, config, vector(1, 9, -5, 3, 7))).containsExactly(0, 0, -5, 0, 7);
  }

  /** By hand, n = 4: gamma 0.5 would drop two, density 0.75 keeps three, so one goes. */
  @Test
  void densityPrevailsOverGamma() {
    BreadcrumbsConfig config = new BreadcrumbsConfig(0.75, 0.5, 1, false, Profile.PAPER);

    assertThat(Trial.merge(LINEAR, config, vector(1, -9, 5, 3))).containsExactly(1, 0, 5, 3);
  }

  /** All magnitudes are equal: the last is the outlier, the two before it are kept. */
  @Test
  void equalMagnitudesAreOrderedByPlace() {
    BreadcrumbsConfig config = new BreadcrumbsConfig(0.5, 0.25, 1, false, Profile.PAPER);

    assertThat(Trial.merge(LINEAR, config, vector(2, -2, 2, -2))).containsExactly(0, -2, 2, 0);
  }

  /** In ascending order: 1, 2 2 2 (the last two kept), 3 (the outlier). */
  @Test
  void equalMagnitudesAtTheLowerEndAreKeptFromTheBack() {
    BreadcrumbsConfig config = new BreadcrumbsConfig(0.4, 0.2, 1, false, Profile.PAPER);

    assertThat(Trial.merge(LINEAR, config, vector(2, 1, -2, 3, 2))).containsExactly(0, 0, -2, 0, 2);
  }

  /** By hand: gamma 0 drops nothing from above, so this trims as TIES does. */
  @ParameterizedTest
  @CsvSource({"PAPER, 3", "MERGEKIT, 0"})
  void withoutOutliersOnlyMergekitsProfileKeepsNothing(Profile profile, float kept) {
    BreadcrumbsConfig config = new BreadcrumbsConfig(0.5, 0, 1, false, profile);

    assertThat(Trial.merge(LINEAR, config, vector(1, 3))).containsExactly(0, kept);
  }

  @Test
  void tensorsOfOneElementAndOfZerosSurvive() {
    BreadcrumbsConfig config = new BreadcrumbsConfig(0.5, 0.01, 1, false, Profile.PAPER);

    assertThat(Trial.merge(LINEAR, config, vector(3))).containsExactly(3);
    assertThat(Trial.merge(LINEAR, config, vector(0, 0, 0))).containsExactly(0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"-0.1", "1.0", "NaN"})
  void refusesAGammaOutOfRange(double gamma) {
    assertThatThrownBy(() -> new BreadcrumbsConfig(0.5, gamma, 1, false, Profile.PAPER))
        .hasMessage("gamma must be in [0, 1), was " + gamma);
  }
}
