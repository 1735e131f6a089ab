package dev.orthant.core.merge;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.MergerSpec;
import dev.orthant.core.config.TransformSpec;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.spi.DeltaTransform;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerTraits;
import java.util.List;
import java.util.stream.Stream;

/** Engines and transforms from what a configuration says of them. */
public final class ConfiguredMerge {

  private final Catalog catalog;
  private final ConfigDecoder decoder;

  /** What looks components up in a catalog and decodes their settings. */
  public ConfiguredMerge(Catalog catalog, ConfigDecoder decoder) {
    this.catalog = catalog;
    this.decoder = decoder;
  }

  /**
   * An engine with the rule, the space and the transforms of a configuration.
   *
   * @throws dev.orthant.core.config.ConfigurationException if settings are wrong
   */
  public MergeEngine.Builder engine(MergerSpec spec) {
    return engine(catalog.merger(spec.type()), spec)
        .space(spec.space())
        .before(transforms(spec.before()))
        .after(transforms(spec.after()));
  }

  /** What the merger of a configuration needs. */
  public MergerTraits traits(MergerSpec spec) {
    return traits(catalog.merger(spec.type()), spec);
  }

  /** Whether the merger or a transform of a configuration reads statistics of the inputs. */
  public boolean needsStatistics(MergerSpec spec) {
    return traits(spec).needs().contains(MergerTraits.Need.GRAM)
        || Stream.of(spec.before(), spec.after())
            .flatMap(specs -> transforms(specs).stream())
            .anyMatch(DeltaTransform::needsStatistics);
  }

  /** Transforms, in order. */
  public List<DeltaTransform> transforms(List<TransformSpec> specs) {
    return specs.stream().map(spec -> transform(catalog.transform(spec.type()), spec)).toList();
  }

  private <C extends Record> MergeEngine.Builder engine(MergerFactory<C> factory, MergerSpec spec) {
    return MergeEngine.builder(factory, spec.config(factory, decoder));
  }

  private <C extends Record> MergerTraits traits(MergerFactory<C> factory, MergerSpec spec) {
    return factory.traits(spec.config(factory, decoder));
  }

  private <C extends Record> DeltaTransform transform(
      DeltaTransformFactory<C> factory, TransformSpec spec) {
    return factory.create(spec.config(factory, decoder));
  }
}
