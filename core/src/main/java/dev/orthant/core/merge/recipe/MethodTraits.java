package dev.orthant.core.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What mergekit's methods take and what they do with {@code base_model}.
 *
 * @param base the part that {@code base_model} has
 * @param ofModel parameters that may differ from model to model
 * @param global parameters that may not
 * @param required those of both without a default
 * @param defaults mergekit's, where ours are others
 */
record MethodTraits(
    Base base,
    Set<String> ofModel,
    Set<String> global,
    Set<String> required,
    Map<String, JsonNode> defaults) {

  /** The part of {@code base_model}. */
  enum Base {
    /** What all inputs are relative to; required. */
    REQUIRED,
    /** What all inputs are relative to, if there is one. */
    OPTIONAL,
    /** The first of the inputs; required. */
    FIRST,
    /** An input like others, if it is named at all. */
    INPUT
  }

  private static final Map<String, MethodTraits> ALL = all();

  /** Of a method by our name for it; of none if mergekit does not have it. */
  static MethodTraits of(String method) {
    return ALL.getOrDefault(
        method, new MethodTraits(Base.OPTIONAL, Set.of(), Set.of(), Set.of(), Map.of()));
  }

  /** Of a merger that mergekit does not have: its own keys are the parameters. */
  static <C extends Record> MethodTraits ofMerger(MergerFactory<C> factory) {
    Set<String> keys = new TreeSet<>();
    new ConfigEncoder().toNode(factory.defaults()).fieldNames().forEachRemaining(keys::add);
    MergerTraits traits = factory.traits(factory.defaults());
    boolean base =
        traits.needs().contains(MergerTraits.Need.TASK_VECTORS)
            || traits.needs().contains(MergerTraits.Need.BASE);
    return new MethodTraits(
        base ? Base.REQUIRED : Base.OPTIONAL, Set.of("weight"), keys, Set.of(), Map.of());
  }

  static boolean isKnown(String method) {
    return ALL.containsKey(method);
  }

  /** All parameters, sorted. */
  Set<String> parameters() {
    Set<String> all = new TreeSet<>(ofModel);
    all.addAll(global);
    return all;
  }

  private static Map<String, MethodTraits> all() {
    Map<String, MethodTraits> all = new LinkedHashMap<>();
    all.put("linear", plain(Base.INPUT, "weight", "weight", "normalize"));
    all.put("slerp", plain(Base.FIRST, "t", "", "t"));
    all.put(
        "nuslerp", plain(Base.OPTIONAL, "weight", "weight", "nuslerp_flatten", "nuslerp_row_wise"));
    all.put("multislerp", plain(Base.OPTIONAL, "weight", "weight", "normalize_weights", "eps"));
    all.put("karcher", plain(Base.INPUT, "", "", "max_iter", "tol"));
    all.put("passthrough", plain(Base.INPUT, "", "scale"));
    all.put("model-stock", plain(Base.REQUIRED, "", "", "filter_wise"));
    all.put("nearswap", plain(Base.FIRST, "t", "", "t"));
    all.put("arcee-fusion", plain(Base.REQUIRED, "", ""));
    all.put("ram", plain(Base.REQUIRED, "", "", "epsilon"));
    all.put("ramplus-tl", plain(Base.REQUIRED, "", "", "r", "alpha", "epsilon"));
    all.put("sce", plain(Base.REQUIRED, "", "", "select_topk", "int8_mask"));
    all.put("task-arithmetic", taskVectors(false));
    all.put("ties", taskVectors(true));
    all.put("dare-linear", taskVectors(false));
    all.put("dare-ties", taskVectors(false));
    all.put("breadcrumbs", taskVectors(false, "gamma"));
    all.put("breadcrumbs-ties", taskVectors(false, "gamma"));
    all.put("della", taskVectors(true, "epsilon"));
    all.put("della-linear", taskVectors(false, "epsilon"));
    return all;
  }

  private static MethodTraits plain(Base base, String required, String ofModel, String... global) {
    return new MethodTraits(base, words(ofModel), Set.of(global), words(required), Map.of());
  }

  /** The sparsifying methods, which share their parameters. */
  private static MethodTraits taskVectors(boolean normalize, String... ofModel) {
    Set<String> each = new TreeSet<>(List.of(ofModel));
    each.add("weight");
    each.add("density");
    return new MethodTraits(
        Base.REQUIRED,
        each,
        Set.of("normalize", "rescale", "lambda", "int8_mask"),
        Set.of("weight"),
        Map.of(
            "normalize",
            BooleanNode.valueOf(normalize),
            "lambda",
            DoubleNode.valueOf(1),
            "density",
            DoubleNode.valueOf(1)));
  }

  private static Set<String> words(String word) {
    return word.isEmpty() ? Set.of() : Set.of(word);
  }
}
