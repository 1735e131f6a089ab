package dev.orthant.core.merge.recipe;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.merge.recipe.MethodTraits.Base;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a file asks for, whatever its form: which models, in which parts, merged how. */
interface Recipe {

  /** The part that the base has. */
  Base role();

  /** The parts of the result, one after the other; several stack layers of models. */
  List<Segment> segments();

  /** How a segment's inputs are merged at one tensor. */
  Choice choice(Segment segment, Point point);

  /** The statistics of an input's features at a tensor. */
  default Optional<FeatureStatistics> statistics(Source source, String tensor) {
    return Optional.empty();
  }

  /** The Fisher information of an input's weights at a tensor. */
  default Optional<Supplier<INDArray>> fisher(Source source, String tensor) {
    return Optional.empty();
  }

  /** The element type of the result; null for that of the model that the result's form is from. */
  @Nullable Dtype dtype();

  /** Which tokens the result has. */
  TokenizerSpec tokenizer();

  /** The seed of all random numbers. */
  long seed();

  /**
   * A part of the result.
   *
   * @param path where it is in the file, for messages
   * @param sources the models, the base not among them unless it is listed
   * @param base the base, or null
   */
  record Segment(String path, List<Source> sources, @Nullable String base) {

    /** Copies the list. */
    public Segment {
      sources = List.copyOf(sources);
    }
  }

  /**
   * A model of a segment.
   *
   * @param path where it is in the file, for messages
   * @param name the input's
   * @param model the reference to it
   * @param layers which of its layers; null for all
   */
  record Source(String path, String name, String model, @Nullable LayerRange layers) {}

  /** Layers from one to before another. */
  record LayerRange(int from, int to) {

    int size() {
      return to - from;
    }
  }

  /**
   * A tensor of the result.
   *
   * @param tensor its name
   * @param sources the sources that are inputs here
   * @param tensors what it is called in each
   * @param t from 0 at the segment's first layer to 1 at the last; 0 outside of layers
   */
  record Point(String tensor, List<Source> sources, List<String> tensors, double t) {}

  /**
   * How a tensor is merged.
   *
   * @param configs the merger's configuration for each input
   * @param weights of each input
   */
  record Choice(List<? extends Record> configs, List<Double> weights) {}
}
