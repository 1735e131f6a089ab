package dev.orthant.core.config;

import dev.orthant.core.text.PromptTemplate;
import org.jspecify.annotations.Nullable;

/**
 * How a language task makes texts of the columns of its files.
 *
 * @param template the name of a template: plain, alpaca or llm-adapters; plain if there is none and
 *     no prompt
 * @param prompt a template of one's own, such as {@code "Question: {question}\nAnswer:"}
 * @param completion what is to be written behind it, such as {@code " {answer}"}
 * @param lossOn which tokens are trained on; completions only is what most instruction tuning does
 *     now, LLM-Adapters and MoSLoRA train on all
 * @param packing whether several rows go into one sequence of {@code base.max_length} in training
 * @param maxNewTokens the most tokens to write where the metric is exact-match, at least 1; 32 as
 *     in LLM-Adapters' evaluation
 * @param numBeams of the search that writes them, at least 1; 4 in LLM-Adapters' evaluation
 */
public record LanguageSpec(
    @Nullable String template,
    @Nullable String prompt,
    @Nullable String completion,
    @Default("completion") LossOn lossOn,
    @Default("false") boolean packing,
    @Default("32") int maxNewTokens,
    @Default("1") int numBeams) {

  /** Refuses half a template of one's own, both kinds of template, and numbers out of range. */
  public LanguageSpec {
    if ((prompt == null) != (completion == null) || template != null && prompt != null) {
      throw new IllegalArgumentException(
          "language needs either a template, or both prompt and completion");
    }
    if (template != null) {
      PromptTemplate.named(template);
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max_new_tokens must be at least 1, was " + maxNewTokens);
    }
    if (numBeams < 1) {
      throw new IllegalArgumentException("num_beams must be at least 1, was " + numBeams);
    }
  }

  /** The plain template, and losses on completions. */
  public static LanguageSpec defaults() {
    return new LanguageSpec(null, null, null, LossOn.COMPLETION, false, 32, 1);
  }

  /** The template that this names or is. */
  public PromptTemplate promptTemplate() {
    if (prompt != null && completion != null) {
      return new PromptTemplate(prompt, null, completion);
    }
    return template == null ? PromptTemplate.PLAIN : PromptTemplate.named(template);
  }
}
