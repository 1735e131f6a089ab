package dev.orthant.merge;

import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;

/** The first of an element-wise rule's three parts: which elements of a delta take part. */
@FunctionalInterface
interface Sparsifier {

  /** The mask of input i, whose delta at this tensor has these elements. */
  ElementMask mask(MergeTensor tensor, int i, TileSource delta);

  /** Keeps everything. */
  Sparsifier NONE = (tensor, i, delta) -> ElementMask.KEEP_ALL;
}
