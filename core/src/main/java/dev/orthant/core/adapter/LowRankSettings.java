package dev.orthant.core.adapter;

import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.TargetModules;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * What every low-rank adapter is configured by, with the meanings that Hugging Face PEFT gives it.
 *
 * <p>A pattern of {@code rankPattern} or {@code alphaPattern} is a regular expression that has to
 * match a module's path as a whole or behind one of its dots; the first that matches, in the order
 * of the map, decides. Rank and alpha are looked up independently of each other.
 *
 * @param rank rank of the delta, at least 1
 * @param alpha numerator of the scaling, positive
 * @param rankStabilised whether scaling is alpha / sqrt(rank) instead of alpha / rank
 * @param dropout probability of zeroing an element of the adapter's input in training, in [0, 1)
 * @param targets which modules are adapted
 * @param rankPattern pattern to rank, where it is not {@code rank}
 * @param alphaPattern pattern to alpha, where it is not {@code alpha}
 */
public record LowRankSettings(
    int rank,
    double alpha,
    boolean rankStabilised,
    double dropout,
    TargetModules targets,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern) {

  private static final int MODULES_SHOWN = 8;

  /** Refuses values out of range and patterns that are not regular expressions. */
  public LowRankSettings {
    requireRank("rank", rank);
    requireAlpha("alpha", alpha);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), was " + dropout);
    }
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    rankPattern.forEach((pattern, value) -> requireRank("rank_pattern '" + pattern + "'", value));
    alphaPattern.forEach(
        (pattern, value) -> requireAlpha("alpha_pattern '" + pattern + "'", value));
    rankPattern.keySet().forEach(pattern -> compile("rank_pattern", pattern));
    alphaPattern.keySet().forEach(pattern -> compile("alpha_pattern", pattern));
  }

  /** What the product of the factors is multiplied by. */
  public double scaling() {
    return rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank;
  }

  /**
   * The configuration of each site that the targets match, in the order of the sites.
   *
   * @param toConfig makes the configuration of a site of the rank and alpha found for it
   * @throws IllegalArgumentException if no site matches
   */
  public <C> Map<String, C> plan(List<Site> sites, SiteConfig<C> toConfig) {
    Map<String, C> plan = new LinkedHashMap<>();
    for (Site site : targets.select(sites)) {
      int siteRank = lookUp("rank_pattern", rankPattern, site.module(), rank);
      double siteAlpha = lookUp("alpha_pattern", alphaPattern, site.module(), alpha);
      plan.put(site.module(), toConfig.of(siteRank, siteAlpha));
    }
    if (plan.isEmpty()) {
      throw new IllegalArgumentException(noMatch(sites));
    }
    return plan;
  }

  private String noMatch(List<Site> sites) {
    return "target_modules %s, exclude_modules %s and layers_to_transform %s leave none of the %d"
            .formatted(targets.include(), targets.exclude(), targets.layers(), sites.size())
        + sites.stream()
            .limit(MODULES_SHOWN)
            .map(Site::module)
            .collect(Collectors.joining(", ", " modules, among them ", ""));
  }

  private static <V> V lookUp(String key, Map<String, V> patterns, String module, V otherwise) {
    for (Map.Entry<String, V> entry : patterns.entrySet()) {
      if (compile(key, entry.getKey()).matcher(module).matches()) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  private static Pattern compile(String key, String pattern) {
    try {
      return Pattern.compile("(.*\\.)?(" + pattern + ")");
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "%s '%s' is not a regular expression: %s".formatted(key, pattern, e.getDescription()), e);
    }
  }

  private static void requireRank(String name, int rank) {
    if (rank < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + rank);
    }
  }

  private static void requireAlpha(String name, double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException(name + " must be positive and finite, was " + alpha);
    }
  }

  /**
   * Makes the configuration of one site.
   *
   * @param <C> the configuration
   */
  @FunctionalInterface
  public interface SiteConfig<C> {

    /** The configuration of a site of this rank and alpha. */
    C of(int rank, double alpha);
  }
}
