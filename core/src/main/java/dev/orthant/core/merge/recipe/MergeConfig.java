package dev.orthant.core.merge.recipe;

import dev.orthant.core.config.Default;
import dev.orthant.core.config.MergerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A merge of models or adapters, in Orthant's own form.
 *
 * @param base what models were fine-tuned from, or what adapters adapt; optional for rules that
 *     need none
 * @param models folders of models, or {@code model+adapter}
 * @param adapters folders of adapters, merged exactly: into an adapter, or with {@code fold} into
 *     the base
 * @param merger the rule; its name is for messages
 * @param fold whether adapters are merged into the base
 * @param dtype element type of a merged model, such as {@code bfloat16}; that of the base unless
 *     said otherwise
 * @param tokenizer the model whose tokenizer the result has, whatever the others'; {@code base} for
 *     that of the base
 * @param seed of all random numbers
 * @param memory that the process may use, such as {@code 2g}
 * @param shardSize the most bytes of tensors in one file, such as {@code 5GB}
 * @param threads that work
 * @param output the folder to write
 * @param plugins folders of plug-ins
 */
public record MergeConfig(
    @Nullable String base,
    @Default("[]") List<InputSpec> models,
    @Default("[]") List<InputSpec> adapters,
    MergerSpec merger,
    @Default("false") boolean fold,
    @Nullable String dtype,
    @Nullable String tokenizer,
    @Default("42") long seed,
    @Nullable String memory,
    @Nullable String shardSize,
    @Nullable Integer threads,
    @Nullable Path output,
    @Default("[]") List<Path> plugins) {

  /** The seed unless one is given. */
  public static final long DEFAULT_SEED = 42;

  /** The key that tells a file in this form from a study's. */
  public static final String MERGER = "merger";

  /** Refuses what does not go together. */
  public MergeConfig {
    models = List.copyOf(models);
    adapters = List.copyOf(adapters);
    plugins = List.copyOf(plugins);
    List<String> problems = new ArrayList<>();
    if (models.isEmpty() == adapters.isEmpty()) {
      problems.add(
          "models must have inputs, or else adapters; %s"
              .formatted(models.isEmpty() ? "neither has" : "both have"));
    }
    if (fold && (adapters.isEmpty() || base == null)) {
      problems.add("fold must be with adapters and a base");
    }
    if (dtype != null && DtypeNames.of(dtype).isEmpty()) {
      problems.add("dtype " + DtypeNames.refusal(dtype));
    }
    if (threads != null && threads < 1) {
      problems.add("threads must be at least 1, was " + threads);
    }
    size("memory", memory, problems);
    size("shard_size", shardSize, problems);
    InputSpec.checkUnique(models, problems);
    InputSpec.checkUnique(adapters, problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  private static void size(String name, @Nullable String text, List<String> problems) {
    if (text != null) {
      try {
        Sizes.bytes(name, text);
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
  }
}
