package dev.orthant.core.merge.recipe;

import static java.util.Objects.requireNonNull;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.config.Problem;
import dev.orthant.core.merge.recipe.MethodTraits.Base;
import dev.orthant.core.merge.recipe.Recipe.LayerRange;
import dev.orthant.core.merge.recipe.Recipe.Segment;
import dev.orthant.core.merge.recipe.Recipe.Source;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.merge.stream.SourceModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resolves a recipe tensor by tensor and notes everything that is in its way. */
final class PlanBuilder {

  private static final List<String> FIRST_TENSORS = List.of("embed", "wte", "wpe", "shared");

  private final Recipe recipe;
  private final RuleTable<?> rules;
  private final Models models;
  private final List<Problem> problems;
  private final Map<SourceModel, LayerNames> layers = new LinkedHashMap<>();
  private final List<MergePlan.Output> outputs = new ArrayList<>();
  private Optional<TokenAlignment.Aligned> alignment = Optional.empty();

  PlanBuilder(Recipe recipe, RuleTable<?> rules, Models models, List<Problem> problems) {
    this.recipe = recipe;
    this.rules = rules;
    this.models = models;
    this.problems = problems;
  }

  /** The model whose names, types and configuration the result has; null if there are problems. */
  @Nullable SourceModel reference() {
    Segment first = recipe.segments().get(0);
    String base = first.base();
    return open("base_model", base == null ? first.sources().get(0).model() : base);
  }

  /** A model, if it could be opened. */
  Optional<SourceModel> opened(String reference) {
    return Optional.ofNullable(open("", reference));
  }

  /** The plan, as far as the problems let it be made. */
  MergePlan build() {
    openAll();
    if (problems.isEmpty()) {
      align();
    }
    SourceModel reference = problems.isEmpty() ? reference() : null;
    if (reference != null) {
      if (isWhole()) {
        Segment segment = recipe.segments().get(0);
        LayerNames names = layersOf(reference);
        for (String tensor : withoutTiedCopies(reference)) {
          double t = names.place(tensor).map(place -> share(names, place)).orElse(0.0);
          add(segment, reference, tensor, tensor, null, t);
        }
        extraTensors(segment, reference);
      } else {
        stacked(reference);
      }
    }
    return new MergePlan(outputs, rules.rules(), recipe.seed());
  }

  /** The vocabulary that models were brought to; empty if they have one. */
  Optional<TokenAlignment.Aligned> alignment() {
    return alignment;
  }

  private void align() {
    Segment first = recipe.segments().get(0);
    Map<String, SourceModel> all = new LinkedHashMap<>();
    if (first.base() != null) {
      all.put(first.base(), models.get(first.base()));
    }
    for (Segment segment : recipe.segments()) {
      segment.sources().forEach(source -> all.put(source.model(), models.get(source.model())));
    }
    alignment = new TokenAlignment(recipe.tokenizer(), first.base(), all, problems).align();
    alignment.ifPresent(aligned -> aligned.models().forEach(models::put));
  }

  /** How many layers the result has. */
  int layerCount() {
    return recipe.segments().stream()
        .mapToInt(segment -> requireNonNull(segment.sources().get(0).layers()).size())
        .sum();
  }

  boolean isWhole() {
    return recipe.segments().get(0).sources().get(0).layers() == null;
  }

  private void openAll() {
    for (Segment segment : recipe.segments()) {
      if (segment.base() != null) {
        open(segment.path() + "base_model", segment.base());
      }
      segment.sources().forEach(source -> open(source.path(), source.model()));
    }
  }

  private @Nullable SourceModel open(String path, String reference) {
    try {
      return models.get(reference);
    } catch (CheckpointException | IllegalArgumentException e) {
      Problem problem = new Problem(path, String.valueOf(e.getMessage()));
      if (problems.stream().noneMatch(p -> p.message().equals(problem.message()))) {
        problems.add(problem);
      }
      return null;
    }
  }

  private LayerNames layersOf(SourceModel model) {
    return layers.computeIfAbsent(
        model, m -> LayerNames.of(m.checkpoint().names(), m.checkpoint().config()));
  }

  private static double share(LayerNames names, LayerNames.Place place) {
    int count = requireNonNull(names.counts().get(place.stack()));
    return count > 1 ? (double) place.layer() / (count - 1) : 1;
  }

  /** Layers of models one upon the other; what is no layer is the first or the last segment's. */
  private void stacked(SourceModel reference) {
    LayerNames names = layersOf(reference);
    if (names.counts().size() != 1) {
      problems.add(
          new Problem(
              "slices",
              "need a model with one stack of layers, %s has %d"
                  .formatted(reference.name(), names.counts().size())));
      return;
    }
    String stack = names.counts().keySet().iterator().next();
    List<Segment> segments = recipe.segments();
    List<String> last = new ArrayList<>();
    for (String tensor : withoutTiedCopies(reference)) {
      if (names.place(tensor).isPresent()) {
        continue;
      }
      if (FIRST_TENSORS.stream().anyMatch(tensor::contains)) {
        add(segments.get(0), reference, tensor, tensor, null, 0);
      } else {
        last.add(tensor);
      }
    }
    int layer = 0;
    for (Segment segment : segments) {
      LayerRange range = requireNonNull(segment.sources().get(0).layers());
      if (!rangesFit(segment, stack)) {
        continue;
      }
      for (int i = 0; i < range.size(); i++) {
        double t = range.size() > 1 ? (double) i / (range.size() - 1) : 1;
        layer(segment, stack, layer + i, i, t);
      }
      layer += range.size();
    }
    for (String tensor : last) {
      add(segments.get(segments.size() - 1), reference, tensor, tensor, null, 0);
    }
  }

  private boolean rangesFit(Segment segment, String stack) {
    int size = requireNonNull(segment.sources().get(0).layers()).size();
    boolean fit = true;
    for (Source source : segment.sources()) {
      LayerRange range = requireNonNull(source.layers());
      SourceModel model = models.get(source.model());
      Integer count = layersOf(model).counts().get(stack);
      if (count == null) {
        problems.add(new Problem(source.path(), source.model() + " has no layers '" + stack + "'"));
        fit = false;
      } else if (range.to() > count) {
        problems.add(
            new Problem(
                source.path() + ".layer_range",
                "ends at %d, %s has %d layers".formatted(range.to(), source.model(), count)));
        fit = false;
      }
      if (range.size() != size) {
        problems.add(
            new Problem(
                source.path() + ".layer_range",
                "has %d layers, the first source of the slice has %d"
                    .formatted(range.size(), size)));
        fit = false;
      }
    }
    return fit;
  }

  private void layer(Segment segment, String stack, int out, int index, double t) {
    Source first = segment.sources().get(0);
    SourceModel model = models.get(first.model());
    String prefix = stack + (requireNonNull(first.layers()).from() + index) + ".";
    for (String tensor : model.checkpoint().names()) {
      if (tensor.startsWith(prefix)) {
        String rest = tensor.substring(prefix.length());
        add(segment, model, stack + out + "." + rest, stack + "%d." + rest, index, t);
      }
    }
  }

  /** Adds one tensor; in a pattern {@code %d} is the number of a source's layer. */
  private void add(
      Segment segment,
      SourceModel model,
      String tensor,
      String pattern,
      @Nullable Integer index,
      double t) {
    List<Source> inputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    String baseName = null;
    for (Source source : segment.sources()) {
      LayerRange range = source.layers();
      String name =
          index == null || range == null ? pattern : pattern.formatted(range.from() + index);
      if (source.model().equals(segment.base())) {
        baseName = name;
      }
      if (recipe.role() == Base.INPUT
          || recipe.role() == Base.FIRST
          || !source.model().equals(segment.base())) {
        inputs.add(source);
        names.add(name);
      }
    }
    if (baseName == null) {
      baseName = index == null ? pattern : pattern.formatted(index);
    }
    String owner = names.isEmpty() ? baseName : names.get(0);
    SourceModel like = models.get(inputs.get(0).model());
    TensorInfo info = index == null ? model.info(tensor) : infoOf(like, owner);
    if (info == null || !fits(segment, inputs, names, baseName, tensor, info)) {
      return;
    }
    outputs.add(output(segment, inputs, names, baseName, tensor, info, t));
  }

  private MergePlan.Output output(
      Segment segment,
      List<Source> inputs,
      List<String> names,
      String baseName,
      String tensor,
      TensorInfo info,
      double t) {
    boolean relative = recipe.role() == Base.REQUIRED || recipe.role() == Base.OPTIONAL;
    String baseModel = segment.base();
    MergePlan.Part base =
        relative && baseModel != null ? new MergePlan.Part(models.get(baseModel), baseName) : null;
    if (!info.dtype().isFloat()) {
      MergePlan.Part from =
          base == null ? new MergePlan.Part(models.get(inputs.get(0).model()), names.get(0)) : base;
      return new MergePlan.Output(tensor, info.dtype(), info.shape(), new MergePlan.Copy(from));
    }
    Recipe.Choice choice = recipe.choice(segment, new Recipe.Point(tensor, inputs, names, t));
    List<MergePlan.Input> parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      parts.add(
          new MergePlan.Input(
              inputs.get(i).name(),
              choice.weights().get(i),
              new MergePlan.Part(models.get(inputs.get(i).model()), names.get(i)),
              recipe.statistics(inputs.get(i), names.get(i)),
              recipe.fisher(inputs.get(i), names.get(i))));
    }
    Dtype dtype = recipe.dtype();
    return new MergePlan.Output(
        tensor,
        dtype == null ? info.dtype() : dtype,
        info.shape(),
        new MergePlan.Merge(rules.place(choice.configs()), parts, base));
  }

  private static @Nullable TensorInfo infoOf(SourceModel model, String tensor) {
    return model.checkpoint().names().contains(tensor) ? model.info(tensor) : null;
  }

  private boolean fits(
      Segment segment,
      List<Source> inputs,
      List<String> names,
      String baseName,
      String tensor,
      TensorInfo expected) {
    boolean fits = true;
    String base = segment.base();
    if (base != null && recipe.role() != Base.INPUT) {
      fits &= fits("base_model", base, baseName, tensor, expected);
    }
    for (int i = 0; i < inputs.size(); i++) {
      Source source = inputs.get(i);
      fits &= fits(source.path(), source.model(), names.get(i), tensor, expected);
    }
    return fits;
  }

  private boolean fits(String path, String model, String name, String tensor, TensorInfo expected) {
    TensorInfo info = infoOf(models.get(model), name);
    if (info == null) {
      problems.add(new Problem(path, "%s has no tensor '%s'".formatted(model, name)));
      return false;
    }
    if (!Arrays.equals(info.shape(), expected.shape())) {
      problems.add(
          new Problem(
              path,
              "tensor '%s' has shape %s in %s, expected %s"
                  .formatted(
                      name,
                      Arrays.toString(info.shape()),
                      model,
                      Arrays.toString(expected.shape()))));
      return false;
    }
    if (info.dtype().isFloat() != expected.dtype().isFloat()) {
      problems.add(
          new Problem(
              path,
              "tensor '%s' is %s in %s, expected %s"
                  .formatted(tensor, info.dtype(), model, expected.dtype())));
      return false;
    }
    return true;
  }

  /** The tensors of the reference, without an output matrix that its configuration ties. */
  private static Set<String> withoutTiedCopies(SourceModel reference) {
    Set<String> names = new LinkedHashSet<>(reference.checkpoint().names());
    if (reference.checkpoint().config().path("tie_word_embeddings").asBoolean(false)) {
      names.removeIf(name -> TiedWeights.isTied(name, names));
    }
    return names;
  }

  /** Tensors that the result would not have; copies of tied weights are no loss. */
  private void extraTensors(Segment segment, SourceModel reference) {
    Set<String> known = reference.checkpoint().names();
    for (Source source : segment.sources()) {
      Set<String> extra = new LinkedHashSet<>(models.get(source.model()).checkpoint().names());
      extra.removeAll(known);
      extra.removeIf(name -> TiedWeights.isTied(name, known));
      if (!extra.isEmpty()) {
        problems.add(
            new Problem(
                source.path(),
                "%s has tensors that %s has not: %s"
                    .formatted(source.model(), reference.name(), String.join(", ", extra))));
      }
    }
  }
}
