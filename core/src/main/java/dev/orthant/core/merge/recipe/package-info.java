/**
 * What a merge of whole models is to do: read from Orthant's own form or from mergekit's, checked
 * against the models, and resolved into a {@link dev.orthant.core.merge.stream.MergePlan}.
 */
@NullMarked
package dev.orthant.core.merge.recipe;

import org.jspecify.annotations.NullMarked;
