package dev.orthant.core.text;

import org.jspecify.annotations.Nullable;

/**
 * One labelled text or pair of texts.
 *
 * @param textA the text, or the first of the pair
 * @param textB the second of the pair, or null
 * @param label index of the class, or the value for a regression
 */
public record Example(String textA, @Nullable String textB, float label) {}
