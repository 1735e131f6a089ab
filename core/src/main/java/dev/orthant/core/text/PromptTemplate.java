package dev.orthant.core.text;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes prompts of the columns of a row: {@code {column}} stands for a column's value.
 *
 * @param prompt of every row, or of those without an input
 * @param promptWithInput of the rows whose column {@code input} has something in it; null for the
 *     same as the others
 * @param completion what is to be written
 */
public record PromptTemplate(String prompt, @Nullable String promptWithInput, String completion) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
  private static final String INPUT = "input";

  private static final String TASK = "Below is an instruction that describes a task";
  private static final String REQUEST =
      "Write a response that appropriately completes the request.";
  private static final String CONTEXT = ", paired with an input that provides further context. ";
  private static final String INDENT = " ".repeat(16);

  /** {@code {prompt}} and {@code {completion}} as they are. */
  public static final PromptTemplate PLAIN = new PromptTemplate("{prompt}", null, "{completion}");

  /** Stanford Alpaca's, of {@code instruction}, {@code input} and {@code output}. */
  public static final PromptTemplate ALPACA =
      new PromptTemplate(
          TASK + ". " + REQUEST + "\n\n### Instruction:\n{instruction}\n\n### Response:\n",
          TASK
              + CONTEXT
              + REQUEST
              + "\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n",
          "{output}");

  /**
   * The text that LLM-Adapters and MoSLoRA train on, whose indentation is a part of it, as are the
   * two spaces at the end of its first line and the lines of 16 spaces; that of their evaluation
   * differs.
   */
  public static final PromptTemplate LLM_ADAPTERS =
      new PromptTemplate(
          TASK
              + ". "
              + REQUEST
              + "  \n\n"
              + section("### Instruction:", "{instruction}")
              + INDENT
              + "### Response:\n"
              + INDENT,
          TASK
              + CONTEXT
              + REQUEST
              + " \n\n"
              + section("### Instruction:", "{instruction}")
              + section("### Input:", "{input}")
              + INDENT
              + "### Response:\n"
              + INDENT,
          "{output}");

  private static final Map<String, PromptTemplate> NAMED =
      new TreeMap<>(Map.of("plain", PLAIN, "alpaca", ALPACA, "llm-adapters", LLM_ADAPTERS));

  private static String section(String title, String value) {
    return INDENT + title + "\n" + INDENT + value + "\n" + INDENT + "\n";
  }

  /**
   * The template of a name.
   *
   * @throws IllegalArgumentException listing the names there are
   */
  public static PromptTemplate named(String name) {
    PromptTemplate template = NAMED.get(name);
    if (template == null) {
      throw new IllegalArgumentException(
          "no template '%s'; there are %s".formatted(name, String.join(", ", NAMED.keySet())));
    }
    return template;
  }

  /** The columns that it needs, in the order of their first use. */
  public List<String> columns() {
    Set<String> columns = new LinkedHashSet<>();
    for (String form :
        List.of(prompt, promptWithInput == null ? "" : promptWithInput, completion)) {
      Matcher placeholders = PLACEHOLDER.matcher(form);
      while (placeholders.find()) {
        columns.add(placeholders.group(1));
      }
    }
    return List.copyOf(columns);
  }

  /**
   * Fills in a row.
   *
   * @param row values by column
   * @throws IllegalArgumentException if a placeholder names no column
   */
  public Prompted fill(Map<String, String> row) {
    String given = row.getOrDefault(INPUT, "");
    String form = promptWithInput == null || given.isBlank() ? prompt : promptWithInput;
    return new Prompted(filled(form, row), filled(completion, row));
  }

  private static String filled(String form, Map<String, String> row) {
    Matcher placeholders = PLACEHOLDER.matcher(form);
    StringBuilder text = new StringBuilder();
    while (placeholders.find()) {
      String value = row.get(placeholders.group(1));
      if (value == null) {
        throw new IllegalArgumentException(
            "the template's %s names no column; there are %s"
                .formatted(placeholders.group(), String.join(", ", new TreeMap<>(row).keySet())));
      }
      placeholders.appendReplacement(text, Matcher.quoteReplacement(Objects.toString(value)));
    }
    return placeholders.appendTail(text).toString();
  }
}
