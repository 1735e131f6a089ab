package dev.orthant.core.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which modules get an adapter, matched as Hugging Face PEFT does.
 *
 * <p>A name matches a module that it equals or that ends with a dot and the name; {@code
 * all-linear}, alone, matches every linear layer there is a site for; a string alone that has regex
 * characters beyond the dot must match the whole module path. What is excluded is never adapted.
 * The choice of layers does not apply to modules that are named by their whole path.
 *
 * <p>The names of BERT's linear layers also stand for what other families call such layers, in
 * models that have none of that name: {@code query} for {@code q_proj} and so on. PEFT knows names
 * of each family instead where none are given.
 *
 * <p>Where PEFT tells a string from a list of one string, this record tells a regular expression
 * from a name by its characters; and {@code all-linear} may be combined with layers here.
 *
 * @param include names, or one regular expression, or {@code all-linear}
 * @param exclude names or one regular expression; may be empty
 * @param layers indices of the layers to adapt; empty means all
 */
public record TargetModules(List<String> include, List<String> exclude, List<Integer> layers) {

  /** The name that stands for every linear layer. */
  public static final String ALL_LINEAR = "all-linear";

  /** What the layers that have these names in BERT are called elsewhere. */
  private static final Map<String, List<String>> ELSEWHERE =
      Map.of(
          "query", List.of("q_proj", "q", "c_attn"),
          "key", List.of("k_proj", "k", "c_attn"),
          "value", List.of("v_proj", "v", "c_attn"),
          "attention.output.dense", List.of("o_proj", "o", "attn.c_proj"),
          "intermediate.dense", List.of("gate_proj", "up_proj", "mlp.c_fc", "wi", "wi_0", "wi_1"),
          "output.dense", List.of("down_proj", "mlp.c_proj", "wo"));

  private static final String INCLUDE = "target_modules";
  private static final String EXCLUDE = "exclude_modules";
  private static final Pattern REGEX_HINT = Pattern.compile("[\\\\^$|?*+()\\[\\]{}]");

  /** Refuses an empty list, blank names, a bad regular expression and layers with a regex. */
  public TargetModules {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    layers = List.copyOf(layers);
    if (include.isEmpty()) {
      throw new IllegalArgumentException("target_modules must name at least one module");
    }
    requireNames(INCLUDE, include);
    requireNames(EXCLUDE, exclude);
    for (int layer : layers) {
      if (layer < 0) {
        throw new IllegalArgumentException("layers_to_transform must be at least 0, was " + layer);
      }
    }
    if (regexOf(INCLUDE, include) != null && !layers.isEmpty()) {
      throw new IllegalArgumentException(
          "layers_to_transform cannot be combined with a regular expression as target_modules");
    }
    regexOf(EXCLUDE, exclude);
  }

  /** These names, in all layers. */
  public static TargetModules of(String... names) {
    return new TargetModules(List.of(names), List.of(), List.of());
  }

  /** The sites that match, in their order; may be empty. */
  public List<Site> select(List<Site> sites) {
    List<Site> selected = new ArrayList<>();
    Pattern includeRegex = regexOf(INCLUDE, include);
    Pattern excludeRegex = regexOf(EXCLUDE, exclude);
    boolean all = include.size() == 1 && include.get(0).equalsIgnoreCase(ALL_LINEAR);
    List<String> names = includeRegex == null ? namesIn(sites) : include;
    for (Site site : sites) {
      boolean in = all || matches(site.module(), names, includeRegex);
      boolean inLayer =
          layers.isEmpty() || layers.contains(site.layer()) || include.contains(site.module());
      if (in && inLayer && !matches(site.module(), exclude, excludeRegex)) {
        selected.add(site);
      }
    }
    return selected;
  }

  /** The names to include, of which those that no site has are called otherwise. */
  private List<String> namesIn(List<Site> sites) {
    List<String> names = new ArrayList<>();
    for (String name : include) {
      boolean known = sites.stream().anyMatch(s -> matches(s.module(), List.of(name), null));
      names.addAll(known ? List.of(name) : ELSEWHERE.getOrDefault(name, List.of()));
    }
    return names;
  }

  private static boolean matches(String module, List<String> names, @Nullable Pattern regex) {
    if (regex != null) {
      return regex.matcher(module).matches();
    }
    return names.stream().anyMatch(n -> module.equals(n) || module.endsWith("." + n));
  }

  private static @Nullable Pattern regexOf(String key, List<String> names) {
    if (names.size() != 1 || !REGEX_HINT.matcher(names.get(0)).find()) {
      return null;
    }
    try {
      return Pattern.compile(names.get(0));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "%s '%s' is not a regular expression: %s"
              .formatted(key, names.get(0), e.getDescription()),
          e);
    }
  }

  private static void requireNames(String key, List<String> names) {
    if (names.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(key + " must not hold a blank name, was " + names);
    }
  }
}
