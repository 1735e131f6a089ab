package dev.orthant.eval.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogLikelihoodProtocolTest {

  /** Quotients of small whole numbers. */
  private static final double ROUNDING = 1e-15;

  /*
   * Worked by hand. Question 1 has the choices "air" (3 characters) and "sunlight" (8): the sums of
   * -1 - 2 = -3 and -1.5 - 1.5 - 1 = -4 choose "air"; by characters -3 / 3 = -1 and -4 / 8 = -0.5
   * choose "sunlight", which is right. Question 2 has "no" and "né" (2 characters, 3 bytes): the
   * sums -2 and -2.4 choose "no"; by characters -1 and -1.2 choose "no"; by bytes -1 and -0.8
   * choose "né"; "no" is right.
   */
  private static final List<ChoiceQuestion> QUESTIONS =
      List.of(
          HarnessQuestions.arc("What do plants need?", List.of("air", "sunlight"), 1),
          HarnessQuestions.arc("Which?", List.of("no", "n\u00e9"), 0));
  private static final List<double[]> TOKENS =
      List.of(
          new double[] {-1, -2},
          new double[] {-1.5, -1.5, -1},
          new double[] {-2},
          new double[] {-2, -0.4});

  @Test
  void sumsAndLengthsByHand() {
    List<ChoiceResult> results = LogLikelihoodProtocol.score("arc", QUESTIONS, TOKENS);

    assertThat(results)
        .extracting(ChoiceResult::metric)
        .containsExactly("acc", "acc_norm", "acc_bytes");
    assertThat(results).extracting(ChoiceResult::accuracy).containsExactly(0.5, 1.0, 0.5);
    // sample deviation of {0, 1} is sqrt(1/2), by sqrt(2) rows: 1/2
    assertThat(results.get(0).standardError()).isCloseTo(0.5, within(ROUNDING));
    assertThat(results)
        .allSatisfy(
            r -> {
              assertThat(r.protocol()).isEqualTo("log-likelihood");
              assertThat(r.questions()).isEqualTo(2);
              assertThat(r.promptHash()).hasSize(16).isEqualTo(results.get(0).promptHash());
            });
  }

  @Test
  void theFirstOfEqualChoicesIsTaken() {
    List<double[]> equal = List.of(new double[] {-1, -1}, new double[] {-2});

    int chosen = LogLikelihoodProtocol.chosen(QUESTIONS.get(0), equal, Normalisation.NONE);

    assertThat(chosen).isZero();
  }

  @Test
  void aModelIsAskedForEveryChoice() {
    List<Continuation> asked = new ArrayList<>();
    LanguageModel model =
        continuations -> {
          asked.addAll(continuations);
          return TOKENS;
        };

    List<ChoiceResult> results = LogLikelihoodProtocol.measure("arc", QUESTIONS, model);

    assertThat(results).isEqualTo(LogLikelihoodProtocol.score("arc", QUESTIONS, TOKENS));
    assertThat(asked)
        .hasSize(4)
        .startsWith(
            new Continuation("Question: What do plants need?\nAnswer:", " air"),
            new Continuation("Question: What do plants need?\nAnswer:", " sunlight"));
  }

  @Test
  void choicesInTheContextsHaveNoNormalisedAccuracy() {
    ChoiceQuestion question =
        HarnessQuestions.winogrande("The cup is in the box as _ is small.", "it", "the cup", 1);

    List<ChoiceResult> results =
        LogLikelihoodProtocol.score(
            "winogrande", List.of(question), List.of(new double[] {-3}, new double[] {-1}));

    assertThat(results).extracting(ChoiceResult::metric).containsExactly("acc");
    assertThat(results.get(0).accuracy()).isEqualTo(1);
    assertThat(results.get(0).standardError()).isNaN();
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> LogLikelihoodProtocol.score("arc", List.of(), List.of()))
        .hasMessage("task 'arc' has no questions");
    assertThatThrownBy(() -> LogLikelihoodProtocol.measure("arc", QUESTIONS, c -> List.of()))
        .hasMessage("a model gave 0 log-likelihoods for 4 continuations");
    assertThatThrownBy(() -> ChoiceQuestion.of("Q", List.of("a", "b"), 2))
        .hasMessage("answer must be in [0, 1], was 2");
    assertThatThrownBy(() -> ChoiceQuestion.of("Q", List.of("a"), 0))
        .hasMessageContaining("two or more choices");
    assertThatThrownBy(
            () ->
                LogLikelihoodProtocol.score(
                    "arc",
                    QUESTIONS.subList(0, 1),
                    List.of(new double[] {Double.NaN}, new double[1])))
        .hasMessage("the log-likelihood of 'air' is not a number");
  }
}
