package dev.orthant.core.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a PEFT {@code adapter_config.json} of type LORA that say what its tensors mean.
 * Modules are named by their path in the base model.
 *
 * @param rank {@code r}
 * @param alpha {@code lora_alpha}
 * @param rankStabilised {@code use_rslora}: scaling is alpha / sqrt(rank) instead of alpha / rank
 * @param dropout {@code lora_dropout}, of training only
 * @param rankPattern {@code rank_pattern}: expression to rank, the first that matches counts
 * @param alphaPattern {@code alpha_pattern}: expression to alpha, the first that matches counts
 * @param targetModules the modules that have an adapter; null for the architecture's default
 * @param excludeModules modules that have none although they are targeted; null for none
 * @param layersToTransform indices of the layers that have adapters; empty for all
 * @param layersPattern names of the lists of layers that the indices count in; may be empty
 * @param modulesToSave modules that were trained whole
 * @param bias which biases were trained: none, all or lora_only
 * @param fanInFanOut whether the base stores its weights [dIn, dOut]; deltas are [dOut, dIn] all
 *     the same
 * @param taskType SEQ_CLS, FEATURE_EXTRACTION and so on, or null
 * @param baseModel {@code base_model_name_or_path}, or null
 * @param revision revision of the base model, or null
 * @param extraFields other fields that are not at their default, written as they are
 */
public record PeftConfig(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    @Nullable ModuleNames targetModules,
    @Nullable ModuleNames excludeModules,
    List<Integer> layersToTransform,
    List<String> layersPattern,
    List<String> modulesToSave,
    String bias,
    boolean fanInFanOut,
    @Nullable String taskType,
    @Nullable String baseModel,
    @Nullable String revision,
    Map<String, Object> extraFields) {

  static final String DORA = "use_dora";
  static final String BIAS = "lora_bias";

  private static final Set<String> TASK_TYPES =
      Set.of(
          "SEQ_CLS",
          "SEQ_2_SEQ_LM",
          "CAUSAL_LM",
          "TOKEN_CLS",
          "QUESTION_ANS",
          "FEATURE_EXTRACTION");

  /** Copies the collections; refuses what PEFT refuses. */
  public PeftConfig {
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    layersToTransform = List.copyOf(layersToTransform);
    layersPattern = List.copyOf(layersPattern);
    modulesToSave = List.copyOf(modulesToSave);
    extraFields = Collections.unmodifiableMap(new LinkedHashMap<>(extraFields));
    require(rank >= 1, "r must be at least 1, was %s", rank);
    require(Double.isFinite(alpha), "lora_alpha must be finite, was %s", alpha);
    require(dropout >= 0 && dropout < 1, "lora_dropout must be in [0, 1), was %s", dropout);
    require(
        Set.of("none", "all", "lora_only").contains(bias),
        "bias must be one of none, all, lora_only, was '%s'",
        bias);
    require(
        taskType == null || TASK_TYPES.contains(taskType),
        "task_type is unknown: '%s'",
        String.valueOf(taskType));
    boolean byLayer = !layersToTransform.isEmpty() || !layersPattern.isEmpty();
    require(
        !byLayer || targetModules == null || !targetModules.isPattern(),
        "layers_to_transform and layers_pattern cannot be combined with a regular expression as"
            + " target_modules, which is %s",
        targetModules == null ? "" : targetModules.names());
    require(
        layersPattern.isEmpty() || !layersToTransform.isEmpty(),
        "layers_pattern needs layers_to_transform, was %s",
        layersPattern);
    rankPattern.forEach(
        (pattern, r) -> {
          require(r >= 1, "rank_pattern must hold ranks of at least 1, was %s", r);
          suffixPattern(pattern);
        });
    alphaPattern.keySet().forEach(PeftConfig::suffixPattern);
    layersPattern.forEach(ModuleNames::compile);
    modulesToSave.forEach(ModuleNames::compile);
  }

  /** Rank, alpha and target modules, everything else at PEFT's defaults. */
  public static PeftConfig of(int rank, double alpha, ModuleNames targetModules) {
    return new PeftConfig(
        rank,
        alpha,
        false,
        0,
        Map.of(),
        Map.of(),
        targetModules,
        null,
        List.of(),
        List.of(),
        List.of(),
        "none",
        false,
        null,
        null,
        null,
        Map.of());
  }

  /** The rank of a module's adapter. */
  public int rankOf(String module) {
    return firstMatch(rankPattern, module, rank);
  }

  /** The alpha of a module's adapter. */
  public double alphaOf(String module) {
    return firstMatch(alphaPattern, module, alpha);
  }

  /** alpha / rank, or alpha / sqrt(rank) if rank-stabilised, of a module's adapter. */
  public double scalingOf(String module) {
    int r = rankOf(module);
    return alphaOf(module) / (rankStabilised ? Math.sqrt(r) : r);
  }

  /** {@code use_dora}: whether the tensors are of DoRA. */
  public boolean usesDora() {
    return Boolean.TRUE.equals(extraFields.get(DORA));
  }

  /** {@code lora_bias}: whether B has a bias of its own. */
  public boolean usesLoraBias() {
    return Boolean.TRUE.equals(extraFields.get(BIAS));
  }

  /** The start that PEFT takes out of the base weights, if there is one. */
  Optional<ResidualStart> residualStart() {
    return ResidualStart.of(extraFields.getOrDefault(ResidualStart.FIELD, true));
  }

  /**
   * Whether PEFT puts an adapter on a linear layer of this path. Without target modules, and with
   * {@code all-linear}, every layer that is not excluded is taken.
   */
  public boolean selects(String module) {
    if (excludeModules != null && excludeModules.matches(module)) {
      return false;
    }
    if (savesWhole(module)) {
      return false;
    }
    if (targetModules == null || isAllLinear(targetModules)) {
      return true;
    }
    if (targetModules.isPattern() || targetModules.names().contains(module)) {
      return targetModules.matches(module); // a module named in full is taken in every layer
    }
    return targetModules.matches(module)
        && (layersToTransform.isEmpty() || layersToTransform.contains(layerOf(module)));
  }

  /** Whether a tensor of the base is of a module that was trained whole. */
  boolean savesWhole(String tensor) {
    return modulesToSave.stream().anyMatch(saved -> wholeModule(saved).matcher(tensor).lookingAt());
  }

  private static Pattern wholeModule(String saved) {
    return ModuleNames.compile("(^|.*\\.)" + saved + "($|\\..*)");
  }

  private static boolean isAllLinear(ModuleNames names) {
    return names.isPattern() && names.names().get(0).equalsIgnoreCase("all-linear");
  }

  private int layerOf(String module) {
    List<String> lists = layersPattern.isEmpty() ? List.of("[^.]*") : layersPattern;
    for (String list : lists) {
      Matcher matcher = ModuleNames.compile(".*?\\." + list + "\\.(\\d+)\\.").matcher(module);
      if (matcher.lookingAt()) {
        return Integer.parseInt(matcher.group(matcher.groupCount()));
      }
    }
    return -1;
  }

  private static <T> T firstMatch(Map<String, T> patterns, String module, T otherwise) {
    for (Map.Entry<String, T> e : patterns.entrySet()) {
      if (suffixPattern(e.getKey()).matcher(module).lookingAt()) {
        return e.getValue();
      }
    }
    return otherwise;
  }

  private static Pattern suffixPattern(String pattern) {
    return ModuleNames.compile("(.*\\.)?(" + pattern + ")$");
  }

  private static void require(boolean holds, String message, Object actual) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(actual));
    }
  }
}
