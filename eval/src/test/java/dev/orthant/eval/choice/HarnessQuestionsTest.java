package dev.orthant.eval.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class HarnessQuestionsTest {

  @Test
  void questionsAreWordedAsTheHarnessDoes() {
    assertThat(asked(HarnessQuestions.piqa("To open a jar,", "turn it.", "eat it.", 0)))
        .isEqualTo("Question: To open a jar,\nAnswer:| turn it.");
    assertThat(asked(HarnessQuestions.openBookQa("Ice is", List.of("cold", "warm"), 0)))
        .isEqualTo("Ice is| cold");
    assertThat(
            asked(
                HarnessQuestions.socialIqa(
                    "Kai fell.", "How does Kai feel?", List.of("sore", "glad", "rich"), 0)))
        .isEqualTo("Q: Kai fell. How does Kai feel?\nA:| sore");
    assertThat(asked(HarnessQuestions.boolQ("Ice floats.", "does ice float", true)))
        .isEqualTo("Ice floats.\nQuestion: does ice float?\nAnswer:| no");
  }

  @Test
  void boolQAndSocialIqaHaveNoNormalisedAccuracy() {
    assertThat(HarnessQuestions.boolQ("p", "q", false).normalised()).isFalse();
    assertThat(HarnessQuestions.boolQ("p", "q", true).answer()).isEqualTo(1);
    assertThat(HarnessQuestions.socialIqa("c", "q", List.of("a", "b"), 1).normalised()).isFalse();
    assertThat(HarnessQuestions.arc("q", List.of("a", "b"), 1).normalised()).isTrue();
  }

  @Test
  void hellaSwagIsCleaned() {
    ChoiceQuestion question =
        HarnessQuestions.hellaSwag(
            "Baking", "[header] Mix it. [title] Wait.", "tHEN", List.of("bake [x] it", "stop"), 0);

    // " [title]" becomes ". ", other brackets go, and of two spaces one
    assertThat(question.continuations().get(0))
        .isEqualTo(new Continuation("Baking: Mix it.. Wait. Then", " bake it"));
    assertThat(question.choices()).containsExactly("bake it", "stop");
  }

  @Test
  void winograndeFillsTheBlankAndAsksForTheRest() {
    ChoiceQuestion question =
        HarnessQuestions.winogrande("Ann thanked Bea as _ had helped.", "Ann", "Bea", 1);

    assertThat(question.continuations())
        .containsExactly(
            new Continuation("Ann thanked Bea as Ann", " had helped."),
            new Continuation("Ann thanked Bea as Bea", " had helped."));
    assertThatThrownBy(() -> HarnessQuestions.winogrande("No blank.", "a", "b", 0))
        .hasMessage("a sentence needs a blank, '_', was 'No blank.'");
  }

  @Test
  void whiteSpaceBeforeAContinuationBelongsToIt() {
    assertThat(new Continuation("Answer: \n", "yes"))
        .isEqualTo(new Continuation("Answer:", " \nyes"));
  }

  private static String asked(ChoiceQuestion question) {
    Continuation first = question.continuations().get(0);
    return first.context() + "|" + first.text();
  }
}
