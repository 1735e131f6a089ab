package dev.orthant.core.spi;

import dev.orthant.core.lowrank.TileSource;

/**
 * A rule that computes a merged delta's elements while they are read, from the elements of the
 * inputs, so that neither has to be held: whole models are merged at the speed of memory, and
 * tensors of any size fit.
 *
 * <p>A rule may look through the elements of the inputs beforehand, as often as it likes, such as
 * to find a threshold. Low-rank inputs, where {@link #merge} may keep the form, do not come here.
 */
public interface ElementMerger extends Merger {

  /**
   * The elements of the merged delta, equal to those of {@link #merge} but for rounding.
   *
   * @param tensor of which {@link MergeTensor#elements} may be read
   * @return what is read once, in ascending order without gaps, by one thread
   */
  TileSource mergeElements(MergeTensor tensor);
}
