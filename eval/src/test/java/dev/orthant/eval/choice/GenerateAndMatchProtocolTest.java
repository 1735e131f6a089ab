package dev.orthant.eval.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GenerateAndMatchProtocolTest {

  private static final double ROUNDING = 1e-15;

  @TempDir private Path folder;

  @Test
  void theFirstAnswerCountsByHand() {
    List<Instruction> questions =
        List.of(
            new Instruction("Which is cold?", "answer2"),
            new Instruction("Which is warm?", "answer1"),
            new Instruction("Which is wet?", "answer3"),
            new Instruction("Which is dry?", "answer1"));
    List<String> generated =
        List.of(
            questions.get(0).prompt() + "the correct answer is answer2", // right, prompt repeated
            "answer2, not answer1", // wrong, the first one counts
            "Answer3", // wrong, no answer in this case of letters
            "answer10 ### Response: answer4"); // wrong: what is after the mark counts

    ChoiceResult result =
        GenerateAndMatchProtocol.score("arc", questions, AnswerFormat.ANSWER, generated);

    assertThat(result.protocol()).isEqualTo("generate-and-match");
    assertThat(result.accuracy()).isEqualTo(0.25);
    // sqrt(1/4 * 3/4 / 3)
    assertThat(result.standardError()).isCloseTo(0.25, within(ROUNDING));
  }

  @ParameterizedTest
  @CsvSource({
    "TRUTH, it is false or true, false",
    "SOLUTION, solution2 solution1, solution2",
    "ANSWER, see answer10, answer1",
    "ENDING, ending4., ending4",
    "OPTION, Option1 option2, option2",
    "OPTION, none, "
  })
  void answersAreFoundByDataSet(AnswerFormat format, String text, String answer) {
    assertThat(format.first(text).orElse(null)).isEqualTo(answer);
  }

  @Test
  void thePromptIsThatOfTheEvaluation() {
    String indent = " ".repeat(16);

    String prompt = new Instruction("Is it so?", "true").prompt();

    assertThat(prompt.lines())
        .containsExactly(
            "Below is an instruction that describes a task. Write a response that appropriately"
                + " completes the request. ",
            "",
            indent + "### Instruction:",
            indent + "Is it so?",
            "",
            indent + "### Response:",
            indent);
  }

  @Test
  void aModelIsAskedWithFourBeamsForThirtyTwoTokens() {
    List<Instruction> questions = List.of(new Instruction("Is it so?", "true"));

    ChoiceResult result =
        GenerateAndMatchProtocol.measure(
            "boolq",
            questions,
            AnswerFormat.TRUTH,
            (prompts, beams, mostTokens) -> {
              assertThat(prompts).containsExactly(questions.get(0).prompt());
              assertThat(beams).isEqualTo(4);
              assertThat(mostTokens).isEqualTo(32);
              return List.of("the correct answer is true");
            });

    assertThat(result.accuracy()).isEqualTo(1);
  }

  @Test
  void readsLlmAdaptersFiles() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("test.json"),
            "[{\"instruction\":\"Q?\",\"input\":\"\",\"output\":\"x\",\"answer\":\"true\"}]");
    Path bad = Files.writeString(folder.resolve("bad.json"), "[{\"instruction\":\"Q?\"}]");

    assertThat(Instruction.read(file)).containsExactly(new Instruction("Q?", "true"));
    assertThatThrownBy(() -> Instruction.read(bad))
        .hasMessage(
            bad
                + ": row 1: 'instruction' and 'answer' must be text, was"
                + " {\"instruction\":\"Q?\"}");
  }

  @Test
  void protocolsNeverShareATable() {
    ChoiceResult generated =
        GenerateAndMatchProtocol.score(
            "boolq",
            List.of(new Instruction("a", "true"), new Instruction("b", "true")),
            AnswerFormat.TRUTH,
            List.of("true", "false"));
    ChoiceResult likely =
        LogLikelihoodProtocol.score(
                "boolq",
                List.of(HarnessQuestions.boolQ("p", "q", true)),
                List.of(new double[] {-2}, new double[] {-1}))
            .get(0);

    ChoiceTable table = new ChoiceTable(GenerateAndMatchProtocol.NAME, List.of(generated));

    assertThat(table.markdown())
        .startsWith("Protocol: generate-and-match\n\n| task | metric | accuracy |")
        .contains("| boolq | accuracy | 0.5000 | 0.5000 | 2 | " + generated.promptHash() + " |");
    assertThatThrownBy(() -> new ChoiceTable(GenerateAndMatchProtocol.NAME, List.of(likely)))
        .hasMessage(
            "a table of protocol 'generate-and-match' cannot have the result of task 'boolq' by"
                + " 'log-likelihood'");
  }
}
