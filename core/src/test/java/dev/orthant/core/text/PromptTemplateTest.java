package dev.orthant.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class PromptTemplateTest {

  private static final String INDENT = " ".repeat(16);

  @Test
  void llmAdaptersTrainsOnItsIndentationAndTwoSpaces() {
    Prompted row =
        PromptTemplate.named("llm-adapters")
            .fill(Map.of("instruction", "Is it so?", "input", "", "output", "true"));

    // finetune.py of AGI-Edgerunners/LLM-Adapters, which MoSLoRA's commonsense_reasoning has too
    assertThat(row.prompt() + row.completion())
        .isEqualTo(
            "Below is an instruction that describes a task. Write a response that appropriately"
                + " completes the request.  \n\n"
                + INDENT
                + "### Instruction:\n"
                + INDENT
                + "Is it so?\n"
                + INDENT
                + "\n"
                + INDENT
                + "### Response:\n"
                + INDENT
                + "true");
    assertThat(row.completion()).isEqualTo("true");
  }

  @Test
  void anInputHasAPromptOfItsOwn() {
    Prompted row =
        PromptTemplate.ALPACA.fill(
            Map.of("instruction", "Add.", "input", "1 and 2", "output", "3"));

    assertThat(row.prompt())
        .isEqualTo(
            "Below is an instruction that describes a task, paired with an input that provides"
                + " further context. Write a response that appropriately completes the"
                + " request.\n\n### Instruction:\nAdd.\n\n### Input:\n1 and 2\n\n### Response:\n");
  }

  @Test
  void valuesAreNotPatterns() {
    PromptTemplate own = new PromptTemplate("Q: {question} A:", null, " {answer}");

    Prompted row = own.fill(Map.of("question", "what is {answer} for $1?", "answer", "42\\"));

    assertThat(row).isEqualTo(new Prompted("Q: what is {answer} for $1? A:", " 42\\"));
  }

  @Test
  void aPlaceholderWithoutColumnIsNamed() {
    assertThatThrownBy(() -> PromptTemplate.PLAIN.fill(Map.of("text", "a", "completion", "b")))
        .hasMessage("the template's {prompt} names no column; there are completion, text");
  }

  @Test
  void anUnknownTemplateIsNamedWithThoseThereAre() {
    assertThatThrownBy(() -> PromptTemplate.named("alpacca"))
        .hasMessage("no template 'alpacca'; there are alpaca, llm-adapters, plain");
  }
}
