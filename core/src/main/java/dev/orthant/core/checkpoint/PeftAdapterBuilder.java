package dev.orthant.core.checkpoint;

import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.AdapterExport;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Puts the adapters of several modules into the form of one PEFT adapter. The rank and the alpha
 * that most modules have become {@code r} and {@code lora_alpha}, the others' go into the patterns.
 *
 * <pre>{@code
 * PeftAdapter adapter = new PeftAdapterBuilder()
 *     .taskType("FEATURE_EXTRACTION")
 *     .baseModel("sentence-transformers/all-MiniLM-L6-v2")
 *     .baseModules(allLinearModules)
 *     .fromDeltas(merged);
 * }</pre>
 */
public final class PeftAdapterBuilder {

  /*
   * FEATURE_EXTRACTION is PEFT's word for a model without a head. There, paths do not begin with the
   * name that the model has within one with a head; many checkpoints have it all the same.
   */

  private static final String BARE = "FEATURE_EXTRACTION";
  private static final Pattern WITHIN =
      Pattern.compile("^(bert|roberta|distilbert|electra|deberta|albert|transformer|model)\\.");

  private @Nullable String taskType;
  private @Nullable String baseModel;
  private Set<String> baseModules = Set.of();
  private Map<String, INDArray> saved = Map.of();
  private List<String> modulesToSave = List.of();
  private Set<String> embeddings = Set.of();
  private boolean fanInFanOut;

  /**
   * One of PEFT's task types, such as SEQ_CLS or FEATURE_EXTRACTION. The latter is of models
   * without a head, so that what stands before the paths of a model within one, such as {@code
   * bert.}, is left out.
   */
  public PeftAdapterBuilder taskType(@Nullable String type) {
    this.taskType = type;
    return this;
  }

  /** Name or path of the base model. */
  public PeftAdapterBuilder baseModel(@Nullable String nameOrPath) {
    this.baseModel = nameOrPath;
    return this;
  }

  /**
   * All modules of the base model that could be targeted. Then {@code target_modules} can be the
   * short names that tell the adapted ones from the others; without, it is their full paths.
   */
  public PeftAdapterBuilder baseModules(Collection<String> modules) {
    this.baseModules = new LinkedHashSet<>(modules);
    return this;
  }

  /** Which modules are embeddings, whose deltas are [words, dOut]. */
  public PeftAdapterBuilder embeddings(Collection<String> modules) {
    this.embeddings = Set.copyOf(modules);
    return this;
  }

  /** Whether the base stores the weights of linear layers as [dIn, dOut]; PEFT is told so. */
  public PeftAdapterBuilder fanInFanOut(boolean flag) {
    this.fanInFanOut = flag;
    return this;
  }

  /**
   * Modules that were trained whole.
   *
   * @param modules their names, such as {@code classifier}
   * @param tensors all their tensors, by their names in the base model
   */
  public PeftAdapterBuilder saved(List<String> modules, Map<String, INDArray> tensors) {
    this.modulesToSave = List.copyOf(modules);
    this.saved = new LinkedHashMap<>(tensors);
    return this;
  }

  /**
   * The adapter of trained modules.
   *
   * @param exports module path to what the adapter there exports
   * @throws IllegalArgumentException if there are none, or they differ in what PEFT has one value
   *     for
   */
  public PeftAdapter fromExports(Map<String, AdapterExport> exports) {
    boolean rankStabilised = common(exports, "use_rslora", AdapterExport::rankStabilised);
    double dropout = common(exports, "lora_dropout", AdapterExport::dropout);
    Map<String, Object> extra = common(exports, "extra fields", AdapterExport::extraFields);
    Map<String, Integer> ranks = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    Map<String, Map<String, INDArray>> tensors = new LinkedHashMap<>();
    exports.forEach(
        (path, export) -> {
          String module = path(path);
          ranks.put(module, export.rank());
          alphas.put(module, export.alpha());
          tensors.put(module, export.tensors());
        });
    return build(ranks, alphas, tensors, rankStabilised, dropout, extra);
  }

  /**
   * The adapter that adds these deltas. A scaling that PEFT computes exactly from rank and alpha is
   * kept in alpha, another is multiplied into B.
   *
   * @param deltas module path to delta; see {@link PeftAdapter#exactLowRank} for dense ones
   * @throws IllegalArgumentException if there are none
   */
  public PeftAdapter fromDeltas(Map<String, LoraDelta> deltas) {
    requireSome(deltas);
    Map<String, Integer> ranks = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    Map<String, Map<String, INDArray>> tensors = new LinkedHashMap<>();
    deltas.forEach(
        (path, delta) -> {
          String module = path(path);
          double alpha = delta.scaling() * delta.rank();
          boolean exact = alpha / delta.rank() == delta.scaling();
          INDArray b = exact ? delta.b() : delta.b().mul(delta.scaling());
          Map<String, INDArray> pair = new LinkedHashMap<>();
          if (embeddings.contains(path)) { // PEFT's factors are those of the transpose
            pair.put(PeftAdapter.EMBEDDING_A, b.transpose().dup('c'));
            pair.put(PeftAdapter.EMBEDDING_B, delta.a().transpose().dup('c'));
          } else {
            pair.put(PeftAdapter.A, delta.a());
            pair.put(PeftAdapter.B, b);
          }
          ranks.put(module, delta.rank());
          alphas.put(module, exact ? alpha : delta.rank());
          tensors.put(module, pair);
        });
    return build(ranks, alphas, tensors, false, 0, Map.of());
  }

  private String path(String module) {
    return BARE.equals(taskType) ? WITHIN.matcher(module).replaceFirst("") : module;
  }

  private PeftAdapter build(
      Map<String, Integer> ranks,
      Map<String, Double> alphas,
      Map<String, Map<String, INDArray>> tensors,
      boolean rankStabilised,
      double dropout,
      Map<String, Object> extraFields) {
    int rank = mostFrequent(ranks);
    double alpha = mostFrequent(alphas);
    PeftConfig config =
        new PeftConfig(
            rank,
            alpha,
            rankStabilised,
            dropout,
            deviations(ranks, rank),
            deviations(alphas, alpha),
            targets(ranks.keySet()),
            null,
            List.of(),
            List.of(),
            modulesToSave,
            "none",
            fanInFanOut,
            taskType,
            baseModel,
            null,
            extraFields);
    requireSameMeaning(config, ranks, alphas);
    return new PeftAdapter(config, tensors, saved);
  }

  /**
   * The shortest ending of each path that no module outside has, sorted; or, where an outsider's
   * path ends with a whole path, a regular expression of all of them.
   */
  private ModuleNames targets(Set<String> modules) {
    Set<String> others = new LinkedHashSet<>();
    baseModules.forEach(module -> others.add(path(module)));
    others.removeAll(modules);
    Set<String> targets = new TreeSet<>();
    for (String module : modules) {
      targets.add(baseModules.isEmpty() ? module : shortestEnding(module, others));
    }
    ModuleNames names = new ModuleNames(false, List.copyOf(targets));
    if (others.stream().noneMatch(names::matches)) {
      return names;
    }
    return ModuleNames.pattern(
        new TreeSet<>(modules)
            .stream().map(m -> m.replace(".", "\\.")).collect(Collectors.joining("|")));
  }

  private static String shortestEnding(String module, Set<String> others) {
    for (int dot = module.lastIndexOf('.'); dot >= 0; dot = module.lastIndexOf('.', dot - 1)) {
      String ending = module.substring(dot + 1);
      ModuleNames names = ModuleNames.of(ending);
      if (others.stream().noneMatch(names::matches)) {
        return ending;
      }
    }
    return module;
  }

  /** Patterns are sorted in the file, and the first that matches counts: check what that gives. */
  private static void requireSameMeaning(
      PeftConfig config, Map<String, Integer> ranks, Map<String, Double> alphas) {
    for (Map.Entry<String, Integer> e : ranks.entrySet()) {
      String module = e.getKey();
      if (config.rankOf(module) != e.getValue()
          || config.alphaOf(module) != alphas.getOrDefault(module, Double.NaN)) {
        throw new IllegalArgumentException(
            "rank and alpha of module '%s' cannot be told by name, since another module's name is an ending of it"
                .formatted(module));
      }
      if (!config.selects(module)) {
        throw new IllegalArgumentException(
            "module '%s' has an adapter and is among the modules to save, %s"
                .formatted(module, config.modulesToSave()));
      }
    }
  }

  private static <T> Map<String, T> deviations(Map<String, T> values, T usual) {
    Map<String, T> deviations = new TreeMap<>();
    values.forEach(
        (module, value) -> {
          if (!value.equals(usual)) {
            deviations.put(module, value);
          }
        });
    return deviations;
  }

  /** Of equally frequent ones the first. */
  private static <T> T mostFrequent(Map<String, T> values) {
    Map<T, Long> counts =
        values.values().stream()
            .collect(
                Collectors.groupingBy(
                    Function.identity(), LinkedHashMap::new, Collectors.counting()));
    T best = values.values().iterator().next();
    for (Map.Entry<T, Long> e : counts.entrySet()) {
      if (e.getValue() > counts.getOrDefault(best, 0L)) {
        best = e.getKey();
      }
    }
    return best;
  }

  private static <T> T common(
      Map<String, AdapterExport> exports, String what, Function<AdapterExport, T> field) {
    requireSome(exports);
    Map.Entry<String, AdapterExport> first = exports.entrySet().iterator().next();
    T value = field.apply(first.getValue());
    exports.forEach(
        (module, export) -> {
          if (!field.apply(export).equals(value)) {
            throw new IllegalArgumentException(
                "%s must be equal for all modules, is %s for '%s' and %s for '%s'"
                    .formatted(what, value, first.getKey(), field.apply(export), module));
          }
        });
    return value;
  }

  private static void requireSome(Map<String, ?> modules) {
    if (modules.isEmpty()) {
      throw new IllegalArgumentException("an adapter needs at least one module");
    }
  }
}
